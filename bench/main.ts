import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FULL, SMOKE, type Section } from './bench.ts'
import { makeDatasets } from './databases.ts'
import { type Figure, formatTable } from './figure.ts'
import { access } from './figures/access.ts'
import { computers } from './figures/computers.ts'
import { firstLoad } from './figures/first-load.ts'
import { forecasts } from './figures/forecasts.ts'
import { importing } from './figures/importing.ts'
import { maintenance } from './figures/maintenance.ts'
import { merge } from './figures/merge.ts'
import { pages } from './figures/pages.ts'
import { people } from './figures/people.ts'
import { preview } from './figures/preview.ts'
import { resolving } from './figures/resolving.ts'
import { schedules } from './figures/schedules.ts'
import { start } from './figures/start.ts'
import { undo } from './figures/undo.ts'

const sections: Record<string, Section> = {
  pages,
  resolving,
  importing,
  preview,
  computers,
  merge,
  people,
  access,
  undo,
  schedules,
  maintenance,
  forecasts,
  'first-load': firstLoad,
  start,
}

const { values, positionals } = parseArgs({
  options: { smoke: { type: 'boolean', default: false } },
  allowPositionals: true,
})
process.exitCode = await run(values.smoke, positionals)

/**
 * Measures the sections that are named, or all of them. Prints each figure as a line of JSON, and
 * a table on stderr. The exit code is 1 when a figure is missed, unless it is only a smoke test.
 */
async function run(smoke: boolean, names: string[]) {
  const unknown = names.find((name) => !(name in sections))
  if (unknown !== undefined) {
    console.error(`There is no "${unknown}". There are: ${Object.keys(sections).join(', ')}.`)
    return 2
  }
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-bench-'))
  const scale = smoke ? SMOKE : FULL
  const bench = { scale, folder, dataset: makeDatasets(folder) }
  const figures: Figure[] = []
  try {
    for (const name of names.length > 0 ? names : Object.keys(sections))
      for await (const figure of sections[name]!(bench)) {
        figures.push(figure)
        console.log(JSON.stringify(figure))
      }
  } finally {
    rmSync(folder, { recursive: true })
  }
  console.error(`\n${formatTable(figures)}`)
  return !smoke && figures.some(({ met }) => met === false) ? 1 : 0
}
