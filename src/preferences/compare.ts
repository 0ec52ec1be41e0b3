import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import type { BareNode } from './chain.ts'
import { type PreferenceRow, toRow } from './explain.ts'
import { getPreferences, type InEffect, type PreferencesInEffect } from './queries.ts'
import { hiddenNodes } from './veil.ts'

/** What was in effect at a moment, and where its explanation is. */
type Side = Pick<PreferenceRow, 'value' | 'source' | 'from'> & { href: string }

/** One preference at two moments. */
export type ComparedRow = {
  key: string
  label: string
  group: string
  before: Side
  after: Side
  differs: boolean
}

export type Comparison = {
  rows: ComparedRow[]
  /** What became of the nodes above the tenant, and of itself, in words. */
  above: string[]
}

/** Two moments; the later one may be left open, which is now. */
export type Moments = { from: string; to: string | null }

/**
 * What was in effect for a tenant at two moments, each found by the rules of docs/inheritance.md.
 * Throws NotFound when the tenant did not exist at one of them.
 */
export async function comparePreferences(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  { from, to }: Moments,
  now: string,
): Promise<Comparison> {
  const before = await getPreferences(db, actor, tenant_id, now, { as_of: from })
  const after = await getPreferences(db, actor, tenant_id, now, { as_of: to ?? undefined })
  const rows = before.preferences.map((one, index) =>
    compareRow(tenant_id, { from, to }, one, after.preferences[index]!),
  )
  return { rows, above: compareNodes(actor, before, after) }
}

function compareRow(
  tenant_id: number,
  { from, to }: Moments,
  one: InEffect,
  other: InEffect,
): ComparedRow {
  const { key, label, group } = one.preference
  const page = (as_of: string | null) =>
    `/tenants/${tenant_id}/preferences${as_of ? `?as_of=${as_of}` : ''}#${key}`
  const before = { ...sideOf(one, tenant_id), href: page(from) }
  const after = { ...sideOf(other, tenant_id), href: page(to) }
  const facts = ({ source, from: origin }: Side) => [source.label, origin?.tenant_id, origin?.name]
  const differs =
    JSON.stringify([one.resolution.value, facts(before)]) !==
    JSON.stringify([other.resolution.value, facts(after)])
  return { key, label, group, before, after, differs }
}

function sideOf(in_effect: InEffect, tenant_id: number) {
  const { value, source, from } = toRow(in_effect, tenant_id)
  return { value, source, from }
}

/** The nodes that are above at one moment only, and what changed of those that are at both. */
function compareNodes(actor: Actor, before: PreferencesInEffect, after: PreferencesInEffect) {
  const [then, now] = [byId(actor, before.nodes), byId(actor, after.nodes)]
  const gone = [...then.values()]
    .filter(({ id }) => !now.has(id))
    .map(({ name }) => `${name} was above it, and is no longer.`)
  const come = [...now.values()]
    .filter(({ id }) => !then.has(id))
    .map(({ name }) => `${name} came to be above it.`)
  const changed = [...now.values()].flatMap((node) => sayChanges(then.get(node.id), node))
  return [...gone, ...come, ...changed]
}

type Named = { id: number; name: string; blocks: boolean }

function byId(actor: Actor, nodes: BareNode[]): Map<number, Named> {
  const hidden = hiddenNodes(actor, nodes)
  return new Map(
    nodes.map(({ tenant_id: id, name, blocks_inheritance: blocks }) => [
      id,
      { id, name: hidden.get(id) ?? name, blocks },
    ]),
  )
}

function sayChanges(then: Named | undefined, now: Named) {
  if (!then) return []
  return [
    ...(then.name === now.name ? [] : [`${then.name} is called ${now.name} now.`]),
    ...(then.blocks === now.blocks
      ? []
      : [`${now.name} ${now.blocks ? 'blocks inheritance' : 'inherits again'}.`]),
  ]
}
