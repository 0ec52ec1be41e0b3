/** Stands for our own host while an address is taken apart. */
const HERE = 'http://here.invalid'

/**
 * `text` as a path on this server, or undefined. Browsers take `//host`, `/\host`, `/<tab>/host`
 * and, once its dots are resolved, `/.//host` for another server, so the address is read as they
 * read it, and only what is left of it then is used.
 */
export function localPath(text: unknown): string | undefined {
  if (typeof text !== 'string' || !text.startsWith('/') || /[\\\p{Cc}]/u.test(text))
    return undefined
  if (!URL.canParse(text, HERE)) return undefined
  const { origin, pathname, search, hash } = new URL(text, HERE)
  if (origin !== HERE || pathname.startsWith('//')) return undefined
  return pathname + search + hash
}
