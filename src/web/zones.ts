import { z } from 'zod'

export const NO_ZONE = 'Choose a time zone such as Europe/Berlin.'

/** Zones that the IANA has renamed, and that Node still lists under the old name. */
const RENAMED: Record<string, string> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
}

/** So many spellings are remembered: to ask for one takes some 50 µs, and a sync asks for each machine. */
const MOST_KNOWN = 2000

const known = new Map<string, string>()

/**
 * The name of a zone as the IANA spells it today: Europe/Kyiv for Europe/Kiev, America/New_York
 * for US/Eastern. Undefined for what is no zone; an offset such as +01:00 is none, since it knows
 * no daylight saving.
 */
export function canonicalZone(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name) || name.length > 60) return undefined
  const before = known.get(name)
  if (before !== undefined) return before
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    const zone = RENAMED[timeZone] ?? timeZone
    if (known.size < MOST_KNOWN) known.set(name, zone)
    return zone
  } catch {
    return undefined
  }
}

/** Every zone to choose from, under its present name, in alphabetical order. */
export const zoneNames = () =>
  [...Intl.supportedValuesOf('timeZone').map((name) => RENAMED[name] ?? name), 'UTC'].toSorted()

/** A zone as somebody types it, under any of its names; read as the IANA spells it today. */
export const ZoneText = z.string('Enter one time zone.').trim().transform(readZone)

/** As `ZoneText`, or '' for none. */
export const ZoneTextOrNone = z
  .string('Enter one time zone, or none.')
  .trim()
  .transform((text, context) => (text === '' ? '' : readZone(text, context)))

function readZone(text: string, context: z.RefinementCtx) {
  const zone = canonicalZone(text)
  if (zone === undefined) context.addIssue({ code: 'custom', message: NO_ZONE })
  return zone!
}
