/** One event of a calendar. Times are instants. */
export type CalendarEvent = {
  uid: string
  summary: string
  description: string
  starts_at: string
  ends_at: string
  is_cancelled: boolean
}

/** Octets that a line may have, its break not counted (RFC 5545 §3.1). */
const LINE_OCTETS = 75

/** A calendar as iCalendar (RFC 5545): each window an event by itself, without a rule. */
export function formatCalendar(
  { name, description }: { name: string; description: string },
  events: readonly CalendarEvent[],
  now: string,
): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Tenantry//Maintenance//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    ...(description
      ? [`DESCRIPTION:${escapeText(description)}`, `X-WR-CALDESC:${escapeText(description)}`]
      : []),
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    'X-PUBLISHED-TTL:PT1H',
    ...events.flatMap((event) => eventLines(event, now)),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${fold(line)}\r\n`).join('')
}

const eventLines = (event: CalendarEvent, now: string) => [
  'BEGIN:VEVENT',
  `UID:${escapeText(event.uid)}`,
  `DTSTAMP:${formatUtc(now)}`,
  `DTSTART:${formatUtc(event.starts_at)}`,
  `DTEND:${formatUtc(event.ends_at)}`,
  `SUMMARY:${escapeText(event.summary)}`,
  `DESCRIPTION:${escapeText(event.description)}`,
  ...(event.is_cancelled ? ['STATUS:CANCELLED'] : []),
  'TRANSP:TRANSPARENT',
  'END:VEVENT',
]

/** "20261124T220000Z". */
const formatUtc = (instant: string) => `${instant.slice(0, 19).replaceAll(/[-:]/g, '')}Z`

/** A text as a value: no character of it can end the line, or the value (§3.3.11). */
export const escapeText = (text: string) =>
  text
    .replaceAll(/\r\n|[\r\n\u0085\u2028\u2029]/g, '\n')
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cc}/gu, ' ')

/** Breaks a line that is too long; what follows begins with a space, and no character is cut. */
function fold(line: string) {
  const parts: string[] = []
  let part = ''
  let octets = 0
  for (const character of line) {
    const size = Buffer.byteLength(character)
    if (octets + size > LINE_OCTETS) {
      parts.push(part)
      part = ' '
      octets = 1
    }
    part += character
    octets += size
  }
  return [...parts, part].join('\r\n')
}
