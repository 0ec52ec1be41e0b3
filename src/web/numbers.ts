import { z } from 'zod'

// Numbers in addresses and forms are written in digits and in one way only: `5`, never `5.0`,
// `0x5`, `1e3` or ` 5`. One number with two spellings would be one thing with two addresses.

const ID = /^[1-9]\d{0,14}$/

/** The id that a text is, or undefined. */
export const readId = (text: string) => (ID.test(text) ? Number(text) : undefined)

/** An id in an address or a form. */
export const idText = (message?: string) => z.string(message).regex(ID, message).transform(Number)

/** A whole number in an address or a form. */
export function wholeText(
  min: number,
  max: number,
  message = `Enter a whole number from ${min} to ${max}.`,
) {
  const readDigits = (text: unknown) => (/^\d{1,15}$/.test(String(text)) ? Number(text) : text)
  return z.preprocess(readDigits, z.int(message).min(min, message).max(max, message))
}
