import { finished } from 'node:stream/promises'
import type { CsvError } from 'csv-parse'
import type { Pace } from '../../pace.ts'
import { readDisarmed } from './formulas.ts'
import type { CsvText } from './text.ts'

/** A line that cannot be applied, and why. */
export type BadLine = { line: number; reason: string }

/** The cells of a line by their columns. */
export type Cells<Column extends string> = Partial<Record<Column, string>>

/** What was read of a file: its rows, and every line that cannot be one. */
export type ReadRows<Row> = { rows: Row[]; bad: BadLine[] }

/** A few milliseconds of work. */
const SLICE = 32_768

/**
 * Reads the rows of a file (RFC 4180, with any line ends). Every line that cannot be a row is in
 * `bad`. After a quote that is not closed, or closed in the wrong place, nobody can say where the
 * next row begins, so that is where reading ends.
 */
export async function readRows<Column extends string, Row>(
  { text, delimiter, header }: CsvText<Column>,
  readRow: (line: number, cells: Cells<Column>) => { row: Row; reasons: string[] },
  pace: Pace,
): Promise<ReadRows<Row>> {
  const { CsvError, parse } = await import('csv-parse')
  const rows: Row[] = []
  const bad: BadLine[] = []
  /** The last line of the record before; the header is the first. */
  let line = 0
  const parser = parse({
    delimiter,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    on_record(record: string[], { lines }) {
      if (line > 0 && record.join('') !== '') readRecord(line + 1, record)
      line = lines
      return null
    },
  }).resume()
  const ended = finished(parser).catch((error: unknown) => {
    if (!(error instanceof CsvError)) throw error
    bad.push({ line: line + 1, reason: describe(error) })
  })
  for (const slice of slices(text)) {
    if (parser.destroyed) break
    parser.write(slice)
    await pace(0, 0)
  }
  parser.end()
  await ended
  return { rows, bad }

  function readRecord(at: number, record: string[]) {
    if (record.length !== header.length) {
      const reason = `The first line has ${header.length} columns; here the number is ${record.length}.`
      bad.push({ line: at, reason })
      return
    }
    const cells = Object.fromEntries(
      header.map((name, i) => [name, readDisarmed(record[i]!)]),
    ) as Cells<Column>
    const { row, reasons } = readRow(at, cells)
    rows.push(row)
    for (const reason of reasons) bad.push({ line: at, reason })
  }
}

function* slices(text: string) {
  for (let start = 0; start < text.length; start += SLICE) yield text.slice(start, start + SLICE)
}

function describe({ code }: CsvError) {
  const end = 'Nothing from here on could be read.'
  if (code === 'CSV_QUOTE_NOT_CLOSED') return `A quote is opened and never closed. ${end}`
  if (code === 'CSV_INVALID_CLOSING_QUOTE') return `There is text after a closing quote. ${end}`
  if (code === 'INVALID_OPENING_QUOTE')
    return `There is a quote within a cell that is not quoted itself. ${end}`
  return `This is not CSV. ${end}`
}
