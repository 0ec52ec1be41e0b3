import { permits } from '../../access/decide.ts'
import type { Permission } from '../../access/permissions.ts'
import { type Asker, lacks } from '../../access/visible.ts'
import type { ComputerState } from '../../db/computer-schema.ts'
import type { Reads } from '../../db/connection.ts'
import { Conflict, Invalid } from '../../errors.ts'
import { type Verdict, done, refused, unchanged } from '../../jobs/batch.ts'
import { carriersAmong } from '../../tags/effective.ts'
import { findTag, isUsableAt } from '../../tags/queries.ts'
import { findTenant } from '../../tenants/queries.ts'
import { findPerson } from '../find-person.ts'
import { stateLabels } from '../kinds.ts'
import { type Batch, type BatchAction, isOfTag, permissionsFor } from './actions.ts'
import type { Selected } from './selection.ts'

/** What becomes of a computer, and, where it is done, the columns that it gets. */
export type Judgement = Verdict & { person_id?: number | null }

/** Says what becomes of one computer. The rules and their words are those for one alone. */
export type Judge = (computer: Selected) => Promise<Judgement>

export async function openJudge(db: Reads, asker: Asker, batch: Batch): Promise<Judge> {
  const judge = await judgeOf(db, asker, batch)
  const permission = permissionsFor[batch.action]
  return async (computer) =>
    permits(asker.access, permission, computer.tenant_path)
      ? judge(computer)
      : refused(lacks(permission))
}

async function judgeOf(db: Reads, asker: Asker, batch: Batch): Promise<Judge> {
  if (batch.action === 'change_tenant') return judgeMoves(db, asker, batch.tenant_id!)
  if (batch.action === 'set_person') return judgePeople(db, asker, batch.person!)
  if (isOfTag(batch.action)) return judgeTags(db, asker, batch)
  if (batch.action === 'purge')
    return async ({ state }) => (state === 'deleted' ? done('') : refused(NOT_DELETED))
  return judgeStates(batch.action)
}

const NOT_DELETED = new Conflict('It is not deleted.')
const TARGET_IS_GONE = new Conflict('The tenant that was chosen does not exist any more.')
const DELETED = new Conflict('It is deleted. Restore it first.')

/** The state that each action leads to, and those that it starts from. */
const states: Partial<Record<BatchAction, { to: ComputerState; from: readonly ComputerState[] }>> =
  {
    activate: { to: 'active', from: ['new'] },
    exclude: { to: 'excluded', from: ['new', 'active'] },
    include: { to: 'active', from: ['excluded'] },
    delete: { to: 'deleted', from: ['new', 'active', 'excluded'] },
    restore: { to: 'active', from: ['deleted'] },
  }

/** The state to which an action leads; undefined for one that is about something else. */
export const stateAfter = (action: BatchAction) => states[action]?.to

function judgeStates(action: BatchAction): Judge {
  const { to, from } = states[action]!
  return async ({ state }) => {
    if (from.includes(state)) return done(`${stateLabels[state]} → ${stateLabels[to]}`)
    return state === 'deleted' && to !== 'deleted' ? refused(DELETED) : unchanged
  }
}

async function judgeMoves(db: Reads, asker: Asker, tenant_id: number): Promise<Judge> {
  const target = await findTenant(db, asker, tenant_id)
  if (!target) return async () => refused(TARGET_IS_GONE)
  const needed: Permission = 'computer.move'
  if (!permits(asker.access, needed, target.path)) return async () => refused(lacks(needed))
  return async ({ state, tenant_id: now, tenant_name, primary_person_id }) => {
    if (now === tenant_id) return unchanged
    if (state === 'deleted') return refused(DELETED)
    const loses = primary_person_id === null ? '' : '; its primary person stays behind'
    return done(`Tenant: ${tenant_name} → ${target.name}${loses}`)
  }
}

/** Looks for the person at each computer's tenant, since that is where they must be. */
function judgePeople(db: Reads, asker: Asker, text: string): Judge {
  const known = new Map<number, Promise<number | null | Error>>()
  const lookUp = (tenant_id: number) => {
    const found =
      known.get(tenant_id) ??
      findPerson(db, asker, tenant_id, text).catch((error: unknown) => {
        if (error instanceof Invalid) return error
        throw error
      })
    known.set(tenant_id, found)
    return found
  }
  return async ({ state, tenant_id, primary_person_id }) => {
    if (state === 'deleted') return refused(DELETED)
    const person_id = await lookUp(tenant_id)
    if (person_id instanceof Error) return refused(person_id)
    if (person_id === primary_person_id) return unchanged
    return { ...done(text ? `Primary person: ${text}` : 'Nobody is its primary person'), person_id }
  }
}

/** What covers a computer is neither given nor taken: the tag is its own, or it is not. */
async function judgeTags(db: Reads, asker: Asker, { action, tag_id, ids }: Batch): Promise<Judge> {
  const tag = await findTag(db, asker, 'computer.view', tag_id!)
  const carriers = await carriersAmong(db, tag_id!, ids)
  const gives = action === 'add_tag'
  return async ({ id, state, tenant_name, tenant_path }) => {
    if (state === 'deleted') return refused(DELETED)
    if (!tag || !isUsableAt(tag, tenant_path))
      return refused(new Conflict(`This tag cannot be used at ${tenant_name}.`))
    if (carriers.has(id) === gives) return unchanged
    return done(gives ? `+ ${tag.name}` : `− ${tag.name}`)
  }
}
