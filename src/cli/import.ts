import { readFileSync } from 'node:fs'
import type { ImportSummary } from '../jobs/import.ts'
import { importTenants } from '../tenants/csv/import.ts'
import { type Command, UsageProblem } from './command.ts'
import { COMMAND_LINE, withDatabase } from './database.ts'

export const importCommand: Command = {
  name: 'import tenants',
  summary: 'Brings tenants in from a CSV file, all or none.',
  details:
    'The first line names the columns: name, parent (a slug or a path), kind, description, slug.\n' +
    'Each bad line is named with its number and reason, and ends the command with exit code 1.',
  operands: ['FILE.csv'],
  options: { 'dry-run': { help: 'Says what would be done, and does not do it.' } },
  async run({ operands: [file], flags }, config) {
    const csv = readFile(file!)
    const dry_run = flags.has('dry-run')
    const summary = await withDatabase(config, (db) =>
      importTenants(db, COMMAND_LINE, csv, { dry_run, progress: showProgress() }),
    )
    return report(summary, dry_run)
  },
}

function readFile(path: string) {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageProblem(`${path} cannot be read (${code}).`)
  }
}

/** Only a person who looks at a terminal wants to see figures move. */
function showProgress() {
  if (!process.stderr.isTTY) return undefined
  return (done: number, total: number) => {
    process.stderr.write(`\r${done} of ${total}${done === total ? '\n' : ''}`)
  }
}

function report({ created, changed, unchanged, bad }: ImportSummary, dry_run: boolean) {
  for (const { line, reason } of bad) console.error(`line ${line}: ${reason}`)
  const figures = `${created} new, ${changed} changed, ${unchanged} unchanged, ${bad.length} bad`
  const outcome = bad.length > 0 || dry_run ? 'Nothing was changed' : 'Imported'
  console.log(`${outcome}: ${figures}.`)
  return bad.length > 0 ? 1 : 0
}
