/** What a machine is told from others by. Either is null where it tells nothing. */
export type Identity = { uuid_key: string | null; serial_key: string | null }

/** What a machine says of itself, as far as it may tell it from others. */
export type Hardware = { hardware_uuid: string; manufacturer: string; serial_number: string }

/** UUIDs that boards leave the factory with by the thousand. */
const COMMON_UUIDS: ReadonlySet<string> = new Set([
  '03000200040005000006000700080009',
  '12345678123456781234567890abcdef',
  '12345678123456789012123456789abc',
  '4c4c4544000020108020a0c04f202020',
  'feebdaedfeebdaedfeebdaedfeebdaed',
])

/** What stands where nobody entered a serial number. Compared in small letters, without signs. */
const COMMON_SERIALS: ReadonlySet<string> = new Set([
  '0123456789',
  '1234567',
  '12345678',
  '123456789',
  '1234567890',
  'chassisserialnumber',
  'default',
  'defaultstring',
  'empty',
  'invalid',
  'na',
  'none',
  'noserial',
  'notapplicable',
  'notavailable',
  'notspecified',
  'null',
  'oem',
  'serial',
  'serialnumber',
  'sn',
  'standard',
  'system',
  'systemserialnumber',
  'tobefilledbyoem',
  'undefined',
  'unknown',
  'xxxx',
])

/** A shorter one is a number that somebody counted up, or a sign of nothing. */
const SHORTEST_SERIAL = 4

/** The keys by which a machine is known again: never its name, and no address of a network card. */
export function identityOf({ hardware_uuid, manufacturer, serial_number }: Hardware): Identity {
  const serial = plain(serial_number)
  const maker = makerOf(manufacturer)
  return {
    uuid_key: uuidKeyOf(hardware_uuid),
    serial_key: tellsMachine(serial) && maker ? `${maker} ${serial}` : null,
  }
}

/** The key that a UUID makes; null for one that tells nothing. */
export function uuidKeyOf(hardware_uuid: string) {
  const uuid = hardware_uuid.toLowerCase().replace(/[^0-9a-f]/g, '')
  return uuid.length === 32 && !isMadeUp(uuid) && !COMMON_UUIDS.has(uuid) ? uuid : null
}

const tellsMachine = (serial: string) =>
  serial.length >= SHORTEST_SERIAL && !isMadeUp(serial) && !COMMON_SERIALS.has(serial)

/** The same sign again and again: all zeros, all ones, all x. */
const isMadeUp = (key: string) => /^(.?)\1*$/su.test(key)

const plain = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, '')

/** "Dell Inc." and "DELL" are the same maker: the first word tells. */
const makerOf = (manufacturer: string) => {
  const [first = ''] = manufacturer.trim().split(/[\s,.]+/)
  const maker = plain(first)
  return COMMON_SERIALS.has(plain(manufacturer)) ? '' : maker
}
