import { sortKey } from './names.ts'

/** A text cut where a search found something: before it, what was found, after it. */
export type Marked = readonly [before: string, found: string, after: string]

/** Letters of ASCII with single spaces: each stands for itself in small letters, at its place. */
const PLAIN_TEXT = /^[!-~]*(?: [!-~]+)* ?$/

/**
 * Where `folded` (a search in plain small letters) stands in a text as people wrote it, with its
 * accents and capitals. Null when it does not.
 */
export function markMatch(text: string, folded: string): Marked | null {
  if (folded === '') return null
  if (PLAIN_TEXT.test(text)) {
    const start = text.toLowerCase().indexOf(folded)
    return start < 0 ? null : cut(text, start, start + folded.length)
  }
  const { plain, origins } = foldLetters(text)
  const start = plain.indexOf(folded)
  if (start < 0) return null
  const from = origins[start]!
  const to = origins[start + folded.length] ?? text.length
  return cut(text, from, to)
}

const cut = (text: string, from: number, to: number): Marked => [
  text.slice(0, from),
  text.slice(from, to),
  text.slice(to),
]

/** The text in plain letters, and for each of them the place of the letter it came from. */
function foldLetters(text: string) {
  let plain = ''
  const origins: number[] = []
  let place = 0
  for (const letter of text) {
    const folded = foldLetter(letter)
    // White space counts once, as in the key that was searched.
    if (!(folded === ' ' && plain.endsWith(' '))) {
      for (let index = 0; index < folded.length; index++) origins.push(place)
      plain += folded
    }
    place += letter.length
  }
  return { plain, origins }
}

function foldLetter(letter: string) {
  if (/^[\0-\x7f]$/.test(letter)) return /\s/.test(letter) ? ' ' : letter.toLowerCase()
  return /\s/.test(letter) ? ' ' : sortKey(letter)
}
