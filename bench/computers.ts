import type { Db } from '../src/db/connection.ts'
import { type Tx, operation } from '../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../src/db/scope-guard.ts'
import type { VisibleTenant } from '../src/db/scope.ts'
import { columnsOf } from '../src/computers/commands.ts'
import { type Dataset, withDatabase } from './databases.ts'

const AT_ONCE = 500
const IN_ONE_OPERATION = 20_000

const SITES = ['BRS', 'KRK', 'LYS', 'MMX', 'KEL', 'VLC', 'TMP', 'LBA', 'YQB', 'BLQ']
/** What stands in for each kind, how its computers are named, and what runs on them. */
const MACHINES = [
  ['workstation', 'PC', 'Windows 11 Pro', 'OptiPlex 7010'],
  ['portable', 'LT', 'Windows 11 Pro', 'Latitude 5440'],
  ['workstation', 'PC', 'Windows 10 Pro', 'OptiPlex 5090'],
  ['portable', 'MB', 'macOS 15.7', 'MacBook Air M3'],
  ['server', 'SRV', 'Windows Server 2022', 'PowerEdge R650'],
  ['workstation', 'PC', 'Windows 11 Pro', 'OptiPlex 7020'],
  ['server', 'SRV', 'Ubuntu 24.04', 'PowerEdge R450'],
  ['portable', 'LT', 'Windows 11 Pro', 'Latitude 7450'],
] as const satisfies [string, string, string, string][]

/**
 * Adds computers until there are `count`, those of one tenant after another. One in five is new, one
 * in ten has not been seen for long, one in twenty is deleted; every second one has somebody of its
 * tenant as its primary person, where there is anybody.
 */
export async function addComputers(dataset: Dataset, count: number) {
  await withDatabase(dataset, async (db) => {
    const tenants = await listTenants(db)
    const { first } = await everyTenant(db)
      .selectFrom('computer')
      .select((eb) => eb.fn.countAll<number>().as('first'))
      .executeTakeFirstOrThrow()
    for (let start = first; start < count; start += IN_ONE_OPERATION)
      await operation(db, dataset.actor, 'computer.import', (tx) =>
        insertComputers(tx, tenants, start, Math.min(count, start + IN_ONE_OPERATION)),
      )
  })
}

type Place = { id: number; people: number[] }

/** The tenants, each with its first people. */
async function listTenants(db: Db): Promise<Place[]> {
  const tenants = await everyTenant(db)
    .selectFrom('tenant')
    .select('id')
    .where('kind', '<>', 'msp')
    .where('parent_id', 'is not', null)
    .orderBy('id')
    .execute()
  const people = await everyTenant(db)
    .selectFrom('person')
    .select(['id', 'tenant_id'])
    .orderBy('id')
    .execute()
  const of_tenant = Map.groupBy(people, ({ tenant_id }) => tenant_id)
  return tenants.map(({ id }) => ({
    id,
    people: (of_tenant.get(id) ?? []).map((person) => person.id),
  }))
}

async function insertComputers(tx: Tx, tenants: Place[], start: number, end: number) {
  for (let from = start; from < end; from += AT_ONCE) {
    const rows = Array.from({ length: Math.min(AT_ONCE, end - from) }, (_, index) =>
      toComputerRow(from + index, tenants[Math.floor((from + index) / 20) % tenants.length]!),
    )
    await tx.insertInto('computer').values(rows).execute()
  }
  await everyTenantTx(tx)
    .updateTable('computer')
    .set({ stale: 1 })
    .where('computer.last_seen_at', '<', '2026-10')
    .where('computer.stale', '=', 0)
    .execute()
}

function toComputerRow(number: number, { id, people }: Place) {
  const [kind, letters, operating_system, model] = MACHINES[number % MACHINES.length]!
  const site = SITES[Math.floor(number / 7) % SITES.length]!
  const month = number % 10 === 3 ? '08' : '11'
  return {
    tenant_id: id as VisibleTenant,
    ...columnsOf({
      name: `${site}-${letters}-${number}`,
      kind,
      model,
      manufacturer: model.startsWith('Mac') ? 'Apple' : 'Dell Inc.',
      serial_number: `SN${(number * 7919).toString(36)}X`,
      hardware_uuid: `4c4c4544-0000-4a10-8033-${(number + 1e11).toString(16).padStart(12, '0')}`,
      operating_system,
      time_zone: '',
    }),
    state:
      number % 20 === 19
        ? ('deleted' as const)
        : number % 5 === 0
          ? ('new' as const)
          : ('active' as const),
    source: 'reported' as const,
    primary_person_id: (number % 2 === 0 && people[number % people.length]) || null,
    first_seen_at: '2026-01-05T08:00:00.000Z',
    last_seen_at: `2026-${month}-${String(1 + (number % 24)).padStart(2, '0')}T${String(number % 24).padStart(2, '0')}:00:00.000Z`,
  }
}
