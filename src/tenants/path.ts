/**
 * A path as people write it: the names from below "All tenants" down to the tenant, with a slash
 * between them, as in "Acme / Leeds office". Written plain where that reads back as the same
 * names; otherwise each slash within a name is `\/` and each backslash `\\`.
 */
export function formatPath(names: readonly string[]) {
  const plain = names.join(SEPARATOR)
  const read = parsePath(plain)
  const same = read.length === names.length && read.every((name, index) => name === names[index])
  return same ? plain : names.map(escapeName).join(SEPARATOR)
}

/**
 * The names in a path. Where a slash stands between spaces, only such slashes part the names, so
 * "Ny A/S / Aarhus" is Aarhus in Ny A/S; where none does, every slash does. `\/` is never one.
 */
export function parsePath(text: string): string[] {
  const kept = text.replace(/\\([\\/])/g, (_, sign) => (sign === '/' ? SLASH : BACKSLASH))
  const names = /\s\/\s/.test(kept) ? kept.split(/\s\/(?=\s)/) : kept.split('/')
  return names
    .map((name) => name.trim().replaceAll(SLASH, '/').replaceAll(BACKSLASH, '\\'))
    .filter((name) => name !== '')
}

const SEPARATOR = ' / '

// Stand for an escaped sign while a path is taken apart. Names have no control characters.
const SLASH = '\u0001'
const BACKSLASH = '\u0002'

const escapeName = (name: string) => name.replace(/[\\/]/g, '\\$&')
