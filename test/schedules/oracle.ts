/** The zones in which daylight saving is known to be odd, or which are the first or last of all. */
export const ZONES = [
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'Asia/Beirut',
  'Africa/Cairo',
  'Antarctica/Troll',
  'America/Vancouver',
  'America/Edmonton',
  'America/Winnipeg',
  'America/Scoresbysund',
  'Pacific/Kiritimati',
  'Europe/Kiev',
]

export const MINUTE = 60_000

/** The instants, in milliseconds, at which a zone's clock is put forward or back, 2000–2037. */
export function transitionsOf(zone: string): number[] {
  const transitions: number[] = []
  let at: Temporal.ZonedDateTime | null = Temporal.ZonedDateTime.from(`2000-01-01T00:00[${zone}]`)
  while ((at = at.getTimeZoneTransition('next')) && at.year <= 2037)
    transitions.push(at.epochMilliseconds)
  return transitions
}

export type Walk = { at: number; clock: string }[]

/** What the clock of a zone shows at every minute from an instant to another: from the system. */
export function walk(zone: string, from: number, to: number): Walk {
  const minutes: Walk = []
  for (let at = from; at <= to; at += MINUTE) {
    const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
    const clock = new Date(at + zoned.offsetNanoseconds / 1_000_000).toISOString().slice(0, 16)
    minutes.push({ at, clock })
  }
  return minutes
}

/** The first minute at which the clock has come to a local time. */
export const reached = (minutes: Walk, local: string) =>
  minutes.find(({ clock }) => clock >= local)?.at
