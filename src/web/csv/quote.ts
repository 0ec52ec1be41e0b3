import type { Pace } from '../../pace.ts'

const LONGEST_QUOTE = 80

/** Lines of a file by their number, as they stand in it, cut where they are long. */
export async function quoteLines(text: string, numbers: number[], pace: Pace) {
  const quotes = new Map<number, string>()
  const wanted = new Set(numbers)
  const line_end = /\r\n|\n|\r|$/g
  const last = Math.max(0, ...numbers)
  for (let line = 1, start = 0; line <= last && start < text.length; line++) {
    line_end.lastIndex = start
    const { index } = line_end.exec(text)!
    if (wanted.has(line)) quotes.set(line, shorten(text.slice(start, index)))
    start = Math.max(line_end.lastIndex, index + 1)
    await pace(0, 0)
  }
  return quotes
}

const shorten = (line: string) =>
  line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line
