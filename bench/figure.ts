/** What was promised of a figure. */
export type Target = { at_most: number } | { at_least: number }

/** One thing that was measured, and what was promised of it; one line of the output. */
export type Figure = {
  figure: string
  value: number
  unit: string
  target: Target | null
  /** Null when nothing was promised. */
  met: boolean | null
}

type Details = Record<string, number | string | boolean>

/** A figure from what was measured. Details stand behind it on its line. */
export function figure(
  name: string,
  value: number,
  unit: string,
  target: Target | null,
  details: Details = {},
): Figure {
  const met = target && ('at_most' in target ? value <= target.at_most : value >= target.at_least)
  return { figure: name, value: rounded(value), unit, target, met, ...roundedDetails(details) }
}

const roundedDetails = (details: Details) =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'number' ? rounded(value) : value,
    ]),
  )

/** Four digits say all that a measurement knows; whole numbers stay whole. */
const rounded = (value: number) =>
  Number.isInteger(value) || Math.abs(value) >= 1000
    ? Math.round(value)
    : Number(value.toPrecision(4))

/** The middle of some measurements: what one disturbed round cannot move. */
export function median(values: number[]) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The figures as a table for people. */
export function formatTable(figures: Figure[]) {
  const rows = figures.map(({ figure, value, unit, target, met }) => [
    met === null ? ' ' : met ? '✓' : '✗',
    figure,
    `${value.toLocaleString('en', { maximumSignificantDigits: 4 })} ${unit}`,
    target ? formatTarget(target) : '',
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const formatTarget = (target: Target) =>
  'at_most' in target
    ? `≤ ${target.at_most.toLocaleString('en')}`
    : `≥ ${target.at_least.toLocaleString('en')}`
