/** An instant in words that need no browser: "2026-11-24 09:00 UTC". */
export const formatInstant = (instant: string) =>
  `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`

/**
 * An instant as it is stored: ISO-8601 in UTC with milliseconds. Undefined when the text is not an
 * instant; a text without a zone, as a form's date and time, is taken to be UTC.
 */
export function parseInstant(text: string): string | undefined {
  const zoned = /[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`
  try {
    return Temporal.Instant.from(zoned).toString({ smallestUnit: 'millisecond' })
  } catch {
    return undefined
  }
}
