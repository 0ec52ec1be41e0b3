// Reads iCalendar as RFC 5545 has it (and RFC 7986), and throws at whatever that does not allow.

export type Component = { name: string; properties: Map<string, string>; parts: Component[] }

/** name *(";" param "=" value) ":" value (§3.1), here without quoted parameters. */
const LINE = /^([A-Z][A-Z0-9-]*)((?:;[A-Z0-9-]+=[^";:,\p{Cc}]+)*):([^\p{Cc}]*)$/u

/** TEXT (§3.3.11): a backslash, semicolon or comma stands there only escaped. */
const TEXT = /^(?:[^\\;,]|\\[\\;,nN])*$/
const UTC = /^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ$/

const TEXTS = new Set([
  'UID',
  'SUMMARY',
  'DESCRIPTION',
  'NAME',
  'PRODID',
  'X-WR-CALNAME',
  'X-WR-CALDESC',
])
const INSTANTS = new Set(['DTSTAMP', 'DTSTART', 'DTEND'])

/** What each component must have; everything it has, it has once. */
const REQUIRED: Record<string, string[]> = {
  VCALENDAR: ['PRODID', 'VERSION'],
  VEVENT: ['UID', 'DTSTAMP', 'DTSTART'],
}

const ALLOWED: Record<string, string[]> = {
  VCALENDAR: [
    'PRODID',
    'VERSION',
    'CALSCALE',
    'METHOD',
    'NAME',
    'DESCRIPTION',
    'REFRESH-INTERVAL',
    'X-WR-CALNAME',
    'X-WR-CALDESC',
    'X-PUBLISHED-TTL',
  ],
  VEVENT: ['UID', 'DTSTAMP', 'DTSTART', 'DTEND', 'SUMMARY', 'DESCRIPTION', 'STATUS', 'TRANSP'],
}

/** The calendar in a text. */
export function readCalendar(text: string): Component {
  if (!text.endsWith('\r\n')) throw new Error('the last line does not end')
  const lines = text.slice(0, -2).split('\r\n')
  for (const line of lines) {
    if (/[\r\n]/.test(line)) throw new Error(`a lone line break in ${JSON.stringify(line)}`)
    if (Buffer.byteLength(line) > 75) throw new Error(`more than 75 octets: ${line}`)
    if (line.includes('\uFFFD')) throw new Error(`a character is cut in ${line}`)
  }
  const unfolded = text
    .slice(0, -2)
    .replaceAll(/\r\n[ \t]/g, '')
    .split('\r\n')
  const calendar = readComponent(unfolded)
  if (unfolded.length > 0) throw new Error(`something follows: ${unfolded[0]}`)
  if (calendar.name !== 'VCALENDAR') throw new Error(`no calendar, but ${calendar.name}`)
  const uids = calendar.parts.map(({ properties }) => properties.get('UID'))
  if (new Set(uids).size < uids.length) throw new Error('a UID stands twice')
  return calendar
}

function readComponent(lines: string[]): Component {
  const [, name = ''] = /^BEGIN:(\w+)$/.exec(lines.shift() ?? '') ?? []
  const component: Component = { name, properties: new Map(), parts: [] }
  for (;;) {
    const line = lines[0]
    if (line === undefined) throw new Error(`${name} does not end`)
    if (line.startsWith('BEGIN:')) component.parts.push(readComponent(lines))
    else {
      lines.shift()
      if (line === `END:${name}`) return complete(component)
      addProperty(component, line)
    }
  }
}

function addProperty({ name: component, properties }: Component, line: string) {
  const [, name, , value] = LINE.exec(line) ?? []
  if (name === undefined || value === undefined) throw new Error(`no content line: ${line}`)
  if (!ALLOWED[component]?.includes(name)) throw new Error(`${name} is not for ${component}`)
  if (properties.has(name)) throw new Error(`${name} stands twice in ${component}`)
  if (TEXTS.has(name) && !TEXT.test(value)) throw new Error(`not escaped: ${line}`)
  if (INSTANTS.has(name) && !UTC.test(value)) throw new Error(`no instant: ${line}`)
  properties.set(name, TEXTS.has(name) ? unescape(value) : value)
}

const unescape = (text: string) =>
  text.replaceAll(/\\(.)/g, (_, escaped: string) => (/n/i.test(escaped) ? '\n' : escaped))

function complete(component: Component) {
  const { name, properties } = component
  for (const required of REQUIRED[name] ?? [])
    if (!properties.has(required)) throw new Error(`${name} without ${required}`)
  if ((properties.get('DTEND') ?? '9') <= (properties.get('DTSTART') ?? ''))
    throw new Error('an event ends before it starts')
  if (name === 'VCALENDAR' && properties.get('VERSION') !== '2.0') throw new Error('not 2.0')
  return component
}
