const MAX_LENGTH = 200

/** A name that is not taken: the name, with that of the tenant where it comes from behind it. */
export function withSuffix(name: string, origin: string, isTaken: (name: string) => boolean) {
  for (let number = 1; ; number++) {
    const tail = number === 1 ? '' : ` ${number}`
    const suffix = ` (${shorten(origin, 60)}${tail})`
    const candidate = `${shorten(name, MAX_LENGTH - suffix.length)}${suffix}`
    if (!isTaken(candidate)) return candidate
  }
}

const shorten = (text: string, length: number) => {
  let short = text.slice(0, length)
  // Not in the middle of a character that takes two units.
  if (short.length < text.length && /[\uD800-\uDBFF]$/.test(short)) short = short.slice(0, -1)
  return short.trimEnd()
}
