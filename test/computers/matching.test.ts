import fc from 'fast-check'
import t from 'tap'
import { identityOf } from '../../src/computers/identity.ts'
import { type Candidate, matchMachine } from '../../src/computers/matching.ts'

const machine = (hardware_uuid: string, serial_number = '', manufacturer = 'Dell Inc.') =>
  identityOf({ hardware_uuid, manufacturer, serial_number })

const UUID = '4c4c4544-0042-4a10-8033-b4c04f4e3532'
const OTHER = '4c4c4544-0042-4a10-8033-b4c04f4e3533'

t.test('takes what nobody entered for no identity', async (t) => {
  const serials = [
    'To be filled by O.E.M.',
    'Default string',
    'None',
    '0000000',
    'N/A',
    '123456789',
    'xxxxxx',
    ' ',
  ]
  for (const serial of serials) t.equal(machine('', serial).serial_key, null, serial)
  const uuids = [
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '03000200-0400-0500-0006-000700080009',
    'none',
    '',
  ]
  for (const uuid of uuids) t.equal(machine(uuid).uuid_key, null, uuid)
  t.equal(machine('', 'ABC123', '').serial_key, null, 'a serial number without its maker')
})

t.test('knows hardware again however it is spelled', async (t) => {
  t.same(machine(UUID.toUpperCase(), ' sn-12 34 ', 'DELL'), machine(`{${UUID}}`, 'SN1234'))
})

const at = (id: number, tenant_id: number, identity = machine(UUID, 'SN1234')): Candidate => ({
  id,
  tenant_id,
  ...identity,
})

/** What becomes of a machine at tenant 3, looked up as the program does. */
function match(identity: ReturnType<typeof machine>, known: Candidate[]) {
  const alike = (key: 'uuid_key' | 'serial_key') =>
    known.filter((one) => identity[key] !== null && one[key] === identity[key])
  return matchMachine(
    { ...identity, tenant_id: 3 },
    { by_uuid: alike('uuid_key'), by_serial: alike('serial_key') },
  )
}

t.test('goes by the UUID, then by maker and serial number', async (t) => {
  t.same(match(machine(UUID), [at(1, 3)]), { kind: 'known', id: 1 })
  t.same(match(machine('', 'SN1234'), [at(1, 3)]), { kind: 'known', id: 1 })
  t.same(match(machine('', 'SN1234', 'Lenovo'), [at(1, 3)]), { kind: 'new' })
  t.same(match(machine(UUID, 'CHANGED'), [at(1, 3)]), { kind: 'known', id: 1 })
})

t.test('leaves to a person what hardware does not tell', async (t) => {
  const doubt = (known: Candidate[], identity = machine(UUID, 'SN1234')) => match(identity, known)
  t.same(doubt([at(1, 3), at(2, 3)]), { kind: 'doubt', doubt: 'several' })
  t.same(doubt([at(1, 4)]), { kind: 'doubt', doubt: 'elsewhere' })
  t.same(doubt([at(1, 3, machine(OTHER, 'SN1234'))]), { kind: 'doubt', doubt: 'contradiction' })
  const split = [at(1, 3, machine(UUID, 'SN9')), at(2, 3, machine('', 'SN1234'))]
  t.same(doubt(split), { kind: 'doubt', doubt: 'contradiction' })
})

const identity = fc.record({
  uuid: fc.constantFrom('', UUID, OTHER),
  serial: fc.constantFrom('', 'SN1234', 'SN5678'),
})
const candidates = fc
  .array(fc.tuple(identity, fc.constantFrom(3, 4)), { maxLength: 5 })
  .map((all) => all.map(([one, tenant], id) => at(id + 1, tenant, machine(one.uuid, one.serial))))

t.test('never joins two UUIDs, crosses tenants, or depends on an order', async (t) => {
  fc.assert(
    fc.property(identity, candidates, ({ uuid, serial }, known) => {
      const wanted = machine(uuid, serial)
      const found = match(wanted, known)
      t.same(match(wanted, known.toReversed()), found)
      if (found.kind === 'new')
        return known.every(
          (one) =>
            (wanted.uuid_key === null || one.uuid_key !== wanted.uuid_key) &&
            (wanted.serial_key === null || one.serial_key !== wanted.serial_key),
        )
      if (found.kind === 'doubt') return known.length > 0
      const chosen = known.find(({ id }) => id === found.id)!
      const same_uuid = wanted.uuid_key === null || chosen.uuid_key === null
      return chosen.tenant_id === 3 && (same_uuid || chosen.uuid_key === wanted.uuid_key)
    }),
  )
})
