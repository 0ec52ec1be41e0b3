import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import {
  type Consequence,
  type ConsequencePanel,
  consequencePanel,
  firstRows,
} from '../jobs/consequences.ts'
import { countOf } from '../web/counts.ts'
import { catalogue } from './catalogue.ts'
import { type Chain, chainFor, readChain } from './chain.ts'
import { resolve } from './inheritance.ts'
import { type MovedTenants, placesOf } from './moved-branches.ts'
import { type Taken, afterTaking } from './taking.ts'
import { formatValue } from './value.ts'

/** Things that have in effect what one chain decides, and would have what another one does. */
export type Place = { before: Chain; after: Chain; number: number }

/** What things are called: one, and several. */
type Nouns = [one: string, many: string]

/** Computers that would go to another tenant. */
type MovedComputers = {
  computers: { tenant_id: number }[]
  tenant_id: number
  /** What their new tenant takes of their former ones. */
  taken?: Taken[]
}

/** The preferences that would have another value for computers, were they of another tenant. */
export const preferencesOfMovedComputers: Consequence<MovedComputers, ConsequencePanel> = {
  name: 'preferences',
  async foresee(db, asker, { computers, tenant_id, taken = [] }, pace) {
    const after = (await afterTaking(db, taken))(await readChain(db, tenant_id))
    if (!mayRead(asker, after)) return unreadable('computers')
    const sums = newSums(db.now())
    for (const [source, some] of Map.groupBy(computers, (computer) => computer.tenant_id)) {
      const before = await readChain(db, source)
      if (mayRead(asker, before)) addPlace(sums, { before, after, number: some.length })
      else sums.unread += some.length
      await pace(0, 0)
    }
    return toPanel(sums, ['computer', 'computers'])
  },
  draw: consequencePanel,
}

/** The same for tenants that would come under another parent, with all below them. */
export const preferencesOfMovedTenants: Consequence<MovedTenants, ConsequencePanel> = {
  name: 'preferences',
  async foresee(db, asker, moved, pace) {
    if (!mayRead(asker, await readChain(db, moved.parent_id))) return unreadable('tenants')
    const sums = newSums(db.now())
    for await (const place of placesOf(db, asker, moved)) {
      if ('beyond' in place) sums.beyond += place.beyond
      else if (mayRead(asker, place.before)) addPlace(sums, place)
      else sums.unread += place.number
      await pace(0, 0)
    }
    return toPanel(sums, ['tenant', 'tenants'])
  },
  draw: consequencePanel,
}

const mayRead = ({ access }: Asker, { nodes }: Chain) =>
  permits(access, 'preference.view', nodes.at(-1)!.path)

type Change = { old: unknown; new: unknown; number: number }

/** How many things change from one value to another, for each preference. */
type Sums = {
  now: string
  changes: Map<string, Map<string, Change>>
  /** Things whose preferences the asker may not see. */
  unread: number
  /** Things that were not looked at, since there are too many. */
  beyond: number
}

const newSums = (now: string): Sums => ({ now, changes: new Map(), unread: 0, beyond: 0 })

function addPlace({ changes, now }: Sums, { before, after, number }: Place) {
  for (const preference of catalogue) {
    const { key } = preference
    // Where neither chain says anything, both have the factory value.
    if (!before.entries.has(key) && !after.entries.has(key)) continue
    const old = resolve(preference, ...chainFor(before, preference), now).value
    const fresh = resolve(preference, ...chainFor(after, preference), now).value
    if (JSON.stringify(old) === JSON.stringify(fresh)) continue
    const pairs = changes.get(key) ?? new Map<string, Change>()
    const pair = JSON.stringify([old, fresh])
    const sum = pairs.get(pair) ?? { old, new: fresh, number: 0 }
    sum.number += number
    changes.set(key, pairs.set(pair, sum))
  }
}

/** Of each preference so many changes of value are listed, those of most things first. */
const VALUES_LISTED = 5

function toPanel({ changes, unread, beyond }: Sums, nouns: Nouns): ConsequencePanel {
  const rows = catalogue.flatMap((preference) => {
    const values = [...(changes.get(preference.key)?.values() ?? [])].toSorted(
      (one, other) => other.number - one.number,
    )
    if (values.length === 0) return []
    const lines = values
      .slice(0, VALUES_LISTED)
      .map(
        ({ old, new: fresh, number }) =>
          `${formatValue(preference, old)} → ${formatValue(preference, fresh)}, for ${countOf(number, ...nouns)}`,
      )
    const others = values.length - VALUES_LISTED
    if (others > 0) lines.push(`and ${countOf(others, 'other change', 'other changes')}`)
    return [{ name: preference.label, lines }]
  })
  const gaps = [
    unread > 0 ? `You may not see what is in effect for ${countOf(unread, ...nouns)}.` : '',
    beyond > 0 ? `${countOf(beyond, ...nouns)} were too many to look at.` : '',
  ]
  const changed = countOf(rows.length, 'preference changes', 'preferences change')
  const { rows: listed, more } = firstRows(rows)
  return {
    title: 'Preferences in effect',
    note: rows.length > 0 ? `${changed}, old → new.` : 'No value changes.',
    rows: listed,
    more: [more, ...gaps].filter(Boolean).join(' '),
  }
}

const unreadable = (things: string): ConsequencePanel => ({
  title: 'Preferences in effect',
  note: `You may not see what would be in effect for the ${things}.`,
  rows: [],
  more: '',
})
