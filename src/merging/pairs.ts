import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
import { lacks } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { Conflict, Invalid } from '../errors.ts'
import { findTenant, ROOT_ID, type Tenant } from '../tenants/queries.ts'
import { refuseGain } from '../tenants/rights.ts'
import type { Choices, Fate, Pair } from './part.ts'

/** What is to be merged into what, and how. */
export type Wanted = {
  source_ids: number[]
  destination_id: number
  fate: Fate
  choices: Choices
}

/**
 * Each source with what it becomes part of, in the order in which they are merged: what lies deeper
 * goes first, so that a source below another is not carried along. Throws Conflict when one of them
 * is gone, and Invalid when they cannot be merged whoever asks.
 */
export async function findPairs(db: Reads, asker: Actor, wanted: Wanted, at: string) {
  const destination = await findTenant(db, asker, wanted.destination_id)
  if (!destination) throw new Conflict('The destination does not exist any more.')
  const source_ids = new Set(wanted.source_ids)
  const sources: Tenant[] = []
  for (const id of source_ids) {
    const source = await findTenant(db, asker, id)
    if (!source) throw new Conflict('One of the tenants to be merged does not exist any more.')
    sources.push(source)
  }
  for (const source of sources) refusePair(source, destination)
  const { fate, choices } = wanted
  return sources
    .toSorted((one, other) => depthOf(other) - depthOf(one) || one.id - other.id)
    .map((source, index, before): Pair => ({
      asker,
      at,
      source,
      destination,
      before: before.slice(0, index),
      source_ids,
      fate,
      choices,
    }))
}

const depthOf = ({ path }: Tenant) => path.split('/').length

function refusePair(source: Tenant, destination: Tenant) {
  for (const tenant of [source, destination]) {
    if (tenant.id === ROOT_ID) throw cannot('All tenants is the root of the tree; it stays.')
    if (tenant.kind === 'msp')
      throw cannot(
        `${tenant.name} is an MSP tenant, whose users work for every tenant. Make it another kind first.`,
      )
  }
  if (source.id === destination.id)
    throw cannot(`${source.name} cannot be merged into itself. Choose another destination.`)
  if (destination.path.startsWith(source.path))
    throw cannot(
      `${source.name} cannot be merged into ${destination.name}, which is below it. Merge it the other way round, or move ${destination.name} first.`,
    )
}

const cannot = (message: string) => new Invalid({ destination: message })

/** Why who merges may not merge this source at all. */
export function refuseRights({ asker, source, destination }: Pair): string[] {
  const lacking = [
    ...lackingAt(asker, source, ['tenant.delete']),
    ...lackingAt(asker, destination, ['tenant.edit']),
  ]
  const gain = refuseGain(asker, source.path, destination.path)
  return gain && lacking.length === 0
    ? [
        `At ${destination.name} you would have more rights on what is ${source.name}’s than you have now. Somebody who has them already can merge it.`,
      ]
    : lacking
}

/** What of the permissions the asker does not have at a tenant, in words. */
export const lackingAt = (
  { access }: Actor,
  { name, path }: Tenant,
  permissions: readonly Permission[],
) =>
  permissions
    .filter((permission) => !permits(access, permission, path))
    .map((permission) => `${name}: ${lacks(permission).message}`)
