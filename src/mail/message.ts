/** A mail to one person. All of it is plain text; its one link is that of `action`. */
export type Message = {
  /** An e-mail address, alone. */
  to: string
  subject: string
  paragraphs: string[]
  /** What the reader is to do: the words on the link, and a path on this server. */
  action?: { label: string; path: string }
  /** Who did what leads to this mail, and what to do when it is not meant for the reader. */
  footnote: string
}

/**
 * Text on one line that mail programs leave as it is. They make links of what looks like one, and
 * names are written by others: "Your invoice: https://evil.example" must not become a link in a
 * mail of ours. A joiner that nobody sees keeps them from it.
 */
export const inert = (text: string) =>
  text
    .replaceAll(TURNING, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\S+/g, (word) => (isAddress(word) ? word : unlink(word)))
    .trim()

/** What overrides the direction of text. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g

/** An e-mail address may stay one, so that it can be copied: it leads to nothing but a mail. */
const isAddress = (word: string) => /^[^@/:]+@[^@/:]+$/.test(word)

const JOINER = '\u2060'

const unlink = (word: string) =>
  word.replaceAll('://', `:${JOINER}//`).replaceAll(/\.(?=[\p{L}\p{N}])/gu, `.${JOINER}`)

/** The message as text, with the address that its link leads to written out. */
export function asText({ paragraphs, action, footnote }: Message, href: string) {
  const link = action ? [`${action.label}:\n${href}`] : []
  return `${[...paragraphs.map(inert), ...link, inert(footnote)].join('\n\n')}\n`
}
