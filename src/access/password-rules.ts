import { ownCharacters } from './common-passwords.ts'

const MIN_CHARACTERS = 15
const MAX_CHARACTERS = 256
/** A password of which fewer characters than this are its own is as good as a common one. */
const MIN_OWN_CHARACTERS = 8

export const PASSWORD_HINT =
  `At least ${MIN_CHARACTERS} characters. A few words that belong together only for you are easy ` +
  'to remember and hard to guess.'

/**
 * What is wrong with a new password, or undefined. It must be long and not common (NIST SP
 * 800-63B-4); which characters it is made of does not matter. `about` is what others know of its
 * owner: names, e-mail address, organisation.
 */
export function passwordProblem(password: string, about: string[]): string | undefined {
  const characters = [...password.normalize('NFKC')].length
  if (characters < MIN_CHARACTERS) return `Use at least ${MIN_CHARACTERS} characters.`
  if (characters > MAX_CHARACTERS) return `Use ${MAX_CHARACTERS} characters or fewer.`
  if (isGuessable(password, new Set()))
    return 'This is made of passwords that many people use. Choose another one.'
  if (isRepetition(password)) return 'This repeats a few characters. Choose another password.'
  if (isGuessable(password, wordsOf(about)))
    return 'This is made of your name, e-mail address or organisation. Choose another password.'
  return undefined
}

function isRepetition(password: string) {
  const characters = [...password.toLowerCase()]
  return [1, 2, 3, 4, 5, 6, 7, 8].some((length) =>
    characters.every(
      (character, place) => place < length || character === characters[place - length],
    ),
  )
}

const isGuessable = (password: string, words: ReadonlySet<string>) =>
  [plain(password), unmask(plain(password))].some(
    (text) => ownCharacters(text, words) < MIN_OWN_CHARACTERS,
  )

/** Small letters without what stands between them, unless there is little else. */
function plain(password: string) {
  const text = password.normalize('NFKC').toLowerCase()
  const letters = text.replace(/[^\p{L}\p{N}@$]/gu, '')
  return letters.length < MIN_OWN_CHARACTERS ? text : letters
}

const MASKS: Record<string, string> = { '@': 'a', $: 's', 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's' }

/** `p@ssw0rd` is `password`. */
const unmask = (text: string) => text.replace(/[@$01345]/g, (character) => MASKS[character]!)

const SHORTEST_WORD = 3

/** The words of some texts, and each text as one word. */
function wordsOf(texts: string[]) {
  const words = texts.map((text) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u),
  )
  const joined = words.map((parts) => parts.join(''))
  return new Set([...words.flat(), ...joined].filter((word) => word.length >= SHORTEST_WORD))
}
