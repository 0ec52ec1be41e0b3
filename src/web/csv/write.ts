import { disarmFormula } from './formulas.ts'

/**
 * The first line of a file that an import reads back unchanged: a byte-order mark for spreadsheets,
 * commas, Windows line ends.
 */
export const csvHead = (columns: readonly string[]) => `\ufeff${columns.join(',')}\r\n`

/** One line of such a file. What a spreadsheet would run as a formula is disarmed. */
export const csvLine = (cells: string[]) => `${cells.map(cell).join(',')}\r\n`

function cell(text: string) {
  const safe = disarmFormula(text)
  return /[",;\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
