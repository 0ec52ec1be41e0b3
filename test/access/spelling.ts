/**
 * Ways in which a path has been written to get past a check that looked at its text: in other
 * encodings and cases, with doubled and foreign separators, dots, parameters, and other ends.
 */
export function spell(path: string): string[] {
  const [first = '', ...rest] = path.slice(1).split('/')
  const tail = path.slice(1 + first.length)
  const initial = first.charAt(0)
  const within = [
    `/${initial.toUpperCase()}${first.slice(1)}${tail}`,
    `/${hex(initial)}${first.slice(1)}${tail}`,
    `/${hex(initial).replace('%', '%25')}${first.slice(1)}${tail}`,
    `/${[...first].map(hex).join('')}${tail}`,
    `/${first};${tail}`,
    `/${first};x=y${tail}`,
    `/${first}//${rest.join('/')}`,
    `/${first}/.${tail}`,
    `/${first}/x/..${tail}`,
    `/${first}${tail.replaceAll('/', '%2F')}`,
  ]
  return [
    ...BEFORE.map((start) => start + path),
    ...within,
    ...AFTER.map((end) => path + end),
  ].concat(
    path.toUpperCase(),
    `/${path.slice(1).replaceAll('/', '%2f')}`,
    `/${path.slice(1).replaceAll('/', '%5c')}`,
  )
}

const hex = (character: string) =>
  `%${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`

const BEFORE = ['', '/', '//', '/.', '/%2e', '/x/..', '/x/%2e%2e', '/public/..', '/sign-in/..']

const AFTER = [
  '/',
  '//',
  '/.',
  '/%2e',
  '/x/..',
  '/..;/',
  ';',
  ';x=y',
  '?',
  '?x=y',
  '%3fx',
  '%23x',
  '%00',
  '%00.css',
  '%20',
  '%09',
  '%0a',
  '%0d%0a',
  '.',
  '.css',
  '.json',
  '~',
]
