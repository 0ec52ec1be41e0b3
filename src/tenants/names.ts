/** Letters that Unicode does not take apart, though readers do. */
const PLAIN: Record<string, string> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ŧ: 't',
  ə: 'e',
  ŋ: 'n',
  ĸ: 'k',
}

/** Two names with the same key are the same name: case and Unicode form do not count. */
export const nameKey = (name: string) =>
  foldCase(name.normalize('NFKC')).normalize('NFKC').trim().replace(/\s+/g, ' ')

/**
 * Full case folding: "Straße" as "STRASSE", and one sigma wherever it stands. By way of capitals,
 * which a dotless i does not go: its capital is that of another letter.
 */
const foldCase = (text: string) =>
  text
    .split('ı')
    .map((part) => part.toUpperCase().toLowerCase().replaceAll('ς', 'σ'))
    .join('ı')

/** The name in plain small letters: what lists sort by and searches look at. */
export const sortKey = (name: string) =>
  foldCase(name.normalize('NFKD').replace(/[\u0300-\u036f]/g, ''))
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[æœøđðłþħıŧəŋĸ]/g, (letter) => PLAIN[letter]!)
    .normalize('NFC')
    .trim()
    .replace(/\s+/g, ' ')

const MAX_SLUG = 100

/** A slug made from a name: its plain letters and digits, in any script, joined by hyphens. */
export function slugFrom(name: string) {
  const slug = sortKey(name)
    .replace(/[^\p{Letter}\p{Mark}\p{Number}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    // The end of a Greek word is written as such.
    .replace(/σ(?![\p{Letter}\p{Mark}])/gu, 'ς')
  return cut(slug, MAX_SLUG) || 'tenant'
}

/** The first slug of a name is its own; the others carry a number: `slug`, `slug-2`, `slug-3`, … */
export function numberedSlug(slug: string, number: number) {
  const suffix = number === 1 ? '' : `-${number}`
  return cut(slug, MAX_SLUG - suffix.length) + suffix
}

/** Cuts between whole characters, and leaves no hyphen at the end. */
const cut = (slug: string, length: number) =>
  slug.length <= length
    ? slug
    : slug
        .slice(0, length)
        .replace(/[\ud800-\udbff]$/, '')
        .replace(/-+$/, '')
