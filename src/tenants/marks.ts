import { sortKey } from './names.ts'

/** A text cut where a search found something: before it, what was found, after it. */
export type Marked = readonly [before: string, found: string, after: string]

/**
 * Where `folded` (a search in plain small letters) stands in a text as people wrote it, with its
 * accents and capitals. Null when it does not.
 */
export function markMatch(text: string, folded: string): Marked | null {
  if (folded === '') return null
  const { plain, origins } = foldLetters(text)
  const start = plain.indexOf(folded)
  if (start < 0) return null
  const from = origins[start]!
  const to = origins[start + folded.length] ?? text.length
  return [text.slice(0, from), text.slice(from, to), text.slice(to)]
}

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
