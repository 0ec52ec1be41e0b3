import type { Actor } from '../../access/actor.ts'
import { requireTenant } from '../../access/visible.ts'
import { createComputer } from '../../computers/commands.ts'
import type { ReportedAgent } from '../../computers/sync/report.ts'
import type { Db } from '../../db/connection.ts'
import { type Tx, operation } from '../../db/operation.ts'
import { ofTenant } from '../../db/scope.ts'
import { slugFrom } from '../../tenants/names.ts'
import { provider } from './decisions.ts'
import { type Model, abbreviations, models } from './machines.ts'

/** The id of a tenant by its path. */
type Places = ReadonlyMap<string, number>

/** A machine, where it stands, and which computer it is. */
export type Machine = Omit<ReportedAgent, 'external_key' | 'last_seen_at'> & {
  id: number
  kind: Model['kind']
  serial_number: string
}

/** One that is no computer yet. */
type Placed = Omit<Machine, 'id'>

/** Numbers that look like chance and are the same each time, from 0 to 1. */
function dice() {
  let state = 20_261_124
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** The computers that the customers had when they were taken over, with whoever works at them. */
export async function fillComputers(db: Db, actor: Actor, places: Places): Promise<Machine[]> {
  const reason = 'Taken over from the spreadsheet'
  return operation(db, actor, { kind: 'computer.import', reason }, async (tx) => {
    const throwDice = dice()
    const made: Machine[] = []
    for (const [path, tenant_id] of places) {
      if (!path.trim() || tenant_id === 1 || path === provider.name) continue
      const people = await peopleOf(tx, actor, tenant_id)
      for (const machine of machinesOf(path, tenant_id, throwDice))
        made.push(await addMachine(tx, actor, machine, people))
    }
    return made
  })
}

async function peopleOf(tx: Tx, actor: Actor, tenant_id: number) {
  const at = await requireTenant(tx, actor, 'person.view', tenant_id)
  const people = await tx
    .selectFrom('person')
    .select('id')
    .where(ofTenant('person.tenant_id', at))
    .orderBy('id')
    .execute()
  return people.map(({ id }) => id)
}

/** Some for each place, with a server where more than a few people work. */
function machinesOf(path: string, tenant_id: number, throwDice: () => number): Placed[] {
  const code = slugFrom(path.split('/').at(-1)!).replaceAll('-', '').slice(0, 7).toUpperCase()
  const count = 2 + Math.floor(throwDice() * 6)
  return Array.from({ length: count }, (_, index) => {
    const fitting = models.filter(({ kind }) => (kind === 'server') === (index === 4))
    const model = pick(fitting, throwDice)
    const { kind, manufacturer } = model
    return {
      tenant_id,
      kind,
      name: `${code}-${abbreviations[kind]}-${String(index + 1).padStart(2, '0')}`,
      manufacturer,
      model: model.model,
      serial_number: serialLike(model.serial, throwDice),
      hardware_uuid: '',
      operating_system: pick(model.systems, throwDice),
    }
  })
}

const pick = <One>(list: readonly One[], throwDice: () => number) =>
  list[Math.floor(throwDice() * list.length)]!

const LETTERS = 'BCDFGHJKLMNPQRSTVWXYZ'

const serialLike = (pattern: string, throwDice: () => number) =>
  pattern.replace(/[#?]/g, (sign) =>
    sign === '#' ? String(Math.floor(throwDice() * 10)) : pick([...LETTERS], throwDice),
  )

/** Puts it where it stands; a portable belongs to the next of the people there who has none. */
async function addMachine(tx: Tx, actor: Actor, machine: Placed, people: number[]) {
  const { tenant_id, name, kind, serial_number } = machine
  const { manufacturer = '', model = '', operating_system = '' } = machine
  const at = await requireTenant(tx, actor, 'computer.create', tenant_id)
  const primary_person_id = kind === 'portable' ? (people.shift() ?? null) : null
  const said = { name, kind, serial_number, manufacturer, model, operating_system }
  const facts = { ...said, hardware_uuid: '', time_zone: '', primary_person_id }
  return { ...machine, id: await createComputer(tx, at, facts, 'imported') }
}
