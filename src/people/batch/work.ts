import type { Asker } from '../../access/visible.ts'
import { requireTenant } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../errors.ts'
import { type BatchLine, done, refused, unchanged, type Verdict } from '../../jobs/batch.ts'
import type { Pace } from '../../pace.ts'
import { giveTag, takeTag } from '../../tags/commands.ts'
import { findTag, isUsableAt, type PlacedTag, tagsOf } from '../../tags/queries.ts'
import { type PlannedChanges, planChanges } from '../changes.ts'
import { applyChanges, deletePerson, requireDeletable } from '../commands.ts'
import { noteInvitation, requireInvitable } from '../invite.ts'
import { getPerson, type Person } from '../queries.ts'
import type { Batch } from './actions.ts'

/** An invitation that was written down, to be sent when that is committed. */
export type Invited = { person: Person; secret: string }

/** What is done to one person, once it was found to be possible. */
type Step = { verdict: Verdict; write?: (tx: Tx) => Promise<Invited | void> }

type Bench = {
  db: Reads
  asker: Asker & { name: string }
  batch: Batch
  now: string
  tag: PlacedTag | undefined
  /** Addresses that were moved to the tenant before, though nothing is written yet. */
  arrived: Set<string>
}

/**
 * Judges each person by the rules that hold for one, and, with a transaction, does it. What a person
 * refuses is said, and the rest stands.
 */
export async function workThrough(
  db: Reads,
  tx: Tx | null,
  asker: Asker & { name: string },
  batch: Batch,
  now: string,
  pace: Pace,
) {
  const { tag_id } = batch
  const tag = tag_id === null ? undefined : await findTag(db, asker, 'person.view', tag_id)
  const bench: Bench = { db, asker, batch, now, tag, arrived: new Set() }
  const lines: BatchLine[] = []
  const invited: Invited[] = []
  for (const id of batch.ids) {
    await pace(lines.length, batch.ids.length)
    const person = await findPerson(db, asker, id)
    if (!person) continue
    const { verdict, write } = await judge(bench, person)
    if (tx && write) {
      const invitation = await write(tx)
      if (invitation) invited.push(invitation)
    }
    lines.push({ name: person.name, code: person.email, ...verdict })
  }
  return { lines, invited }
}

/** Who has been deleted meanwhile, or is out of sight by now, is left out. */
async function findPerson(db: Reads, asker: Asker, id: number) {
  try {
    return await getPerson(db, asker, id)
  } catch (error) {
    if (error instanceof NotFound) return undefined
    throw error
  }
}

async function judge(bench: Bench, person: Person): Promise<Step> {
  try {
    return await stepFor(bench, person)
  } catch (error) {
    const isRefusal = [Conflict, Forbidden, Invalid, NotFound].some((kind) => error instanceof kind)
    if (!isRefusal) throw error
    return { verdict: refused(error as Error) }
  }
}

async function stepFor(bench: Bench, person: Person): Promise<Step> {
  const { db, asker, batch, now } = bench
  switch (batch.action) {
    case 'set_tenant':
      return move(bench, person)
    case 'activate':
    case 'deactivate': {
      const active = batch.action === 'activate'
      const plan = await planChanges(db, asker, person.id, { active }, now)
      return change(plan, active ? 'Deactivated → active' : 'Active → deactivated')
    }
    case 'invite': {
      await requireInvitable(db, asker, person.id, now)
      const write = async (tx: Tx) => ({
        person,
        secret: await noteInvitation(tx, person, asker.name),
      })
      return { verdict: done(`Invitation to ${person.email}`), write }
    }
    case 'delete':
      await requireDeletable(db, asker, person.id, now)
      return { verdict: done(''), write: (tx) => deletePerson(tx, asker, person.id) }
    default:
      return tagStep(bench, person)
  }
}

const change = (plan: PlannedChanges | undefined, detail: string): Step =>
  plan ? { verdict: done(detail), write: (tx) => applyChanges(tx, plan) } : { verdict: unchanged }

async function move({ db, asker, batch, now, arrived }: Bench, person: Person): Promise<Step> {
  const wanted = { tenant_id: batch.tenant_id! }
  const plan = await planChanges(db, asker, person.id, wanted, now)
  if (!plan) return { verdict: unchanged }
  if (arrived.has(person.email_key))
    throw new Conflict('Somebody before has the same address; both cannot be at one tenant.')
  arrived.add(person.email_key)
  return change(plan, `From ${person.tenant_name}`)
}

async function tagStep({ db, asker, batch, tag }: Bench, person: Person): Promise<Step> {
  const at = await requireTenant(db, asker, 'person.edit', person.tenant_id)
  if (!tag || !isUsableAt(tag, person.tenant_path))
    throw new Conflict(`This tag cannot be used at ${person.tenant_name}.`)
  const carried = (await tagsOf(db, [person]))(person.id).some(({ id }) => id === tag.id)
  const gives = batch.action === 'add_tag'
  if (carried === gives) return { verdict: unchanged }
  const write = async (tx: Tx) => {
    await (gives ? giveTag(tx, at, person.id, tag) : takeTag(tx, at, person.id, tag.id))
  }
  return { verdict: done(gives ? `+ ${tag.name}` : `− ${tag.name}`), write }
}
