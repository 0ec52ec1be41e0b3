import { isUtf8 } from 'node:buffer'
import { Invalid } from '../../errors.ts'

/** A CSV file whose first line was understood. */
export type CsvText<Column extends string> = { text: string; delimiter: string; header: Column[] }

/** Titles of columns on pages, which are the name of a column as well. */
const TITLES: Record<string, string> = { 'e-mail': 'email' }

const refuse = (message: string) => new Invalid({ file: message })

/**
 * Decodes a file and reads its first line: which columns there are, in which order, and whether
 * commas, semicolons or tabs stand between them. The first of `columns` must be there. Throws Invalid
 * about the field `file`.
 */
export function openCsv<Column extends string>(
  source: Buffer | string,
  columns: readonly Column[],
): CsvText<Column> {
  const text = (typeof source === 'string' ? source : decode(source)).replace(/^\ufeff/, '')
  if (text.trim() === '') throw refuse('The file is empty.')
  const first = /^[^\r\n]*/.exec(text)![0]
  const delimiter = findDelimiter(first)
  return { text, delimiter, header: readHeader(first.split(delimiter), columns) }
}

function decode(bytes: Buffer) {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw refuse('The file is UTF-16. Save it as “CSV UTF-8” and choose it again.')
  throw refuse(
    `The file is not UTF-8: line ${firstBadLine(bytes)} cannot be read. Save it as “CSV UTF-8” and choose it again.`,
  )
}

function firstBadLine(bytes: Buffer) {
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline === -1 ? bytes.length : newline + 1
    if (!isUtf8(bytes.subarray(start, end))) break
    start = end
  }
  return line
}

/** No column's name has any of the three in it, so the most frequent one is it. */
function findDelimiter(line: string) {
  const counts = [',', ';', '\t'].map((delimiter) => ({
    delimiter,
    count: line.split(delimiter).length,
  }))
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).delimiter
}

function readHeader<Column extends string>(cells: string[], columns: readonly Column[]): Column[] {
  const names = cells.map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  )
  const known = new Set<string>(columns)
  const columnOf = (name: string) => TITLES[name.toLowerCase()] ?? name.toLowerCase()
  const unknown = names.filter((name) => !known.has(columnOf(name)))
  if (unknown.length > 0)
    throw refuse(
      `The first line has columns that are not known: ${unknown
        .slice(0, 10)
        .map((name) => `“${name.slice(0, 50)}”`)
        .join(', ')}. It may have ${columns.join(', ')}.`,
    )
  const header = names.map((name) => columnOf(name) as Column)
  const twice = header.find((name, index) => header.indexOf(name) !== index)
  if (twice) throw refuse(`The first line has the column “${twice}” twice.`)
  const [needed] = columns
  if (needed && !header.includes(needed)) throw refuse(`The first line has no column “${needed}”.`)
  return header
}
