import { formatInstant } from '../web/time.ts'
import type { Preference } from './catalogue.ts'
import type { Explained, Lock, NodeName, Resolution } from './inheritance.ts'
import type { InEffect } from './queries.ts'
import { formatBounds, formatValue } from './value.ts'

/** One line of the explanation of a value: an entry, and what became of it. */
export type ChainLine = {
  /** Null for a node that the reader may not see: then nobody is named, and no time. */
  tenant_id: number | null
  name: string
  /** What the entry says: "20 minutes", "+ a@b.example − c@d.example", "factory value". */
  text: string
  /** What its lock says, or ''. */
  lock: string
  /** What became of it, in words. */
  verdict: string
  look: 'won' | 'lost' | 'dormant'
  by: string | null
  at: string | null
}

/** One preference as the page shows it. */
export type PreferenceRow = {
  key: string
  label: string
  help: string
  /** The value in words; of a list, each item. */
  value: string
  items: { text: string; gone: boolean }[] | null
  source: { kind: Resolution['source']['kind']; label: string; icon: string }
  /** Where the value comes from, when that is another node. */
  from: NodeName | null
  is_own: boolean
  /** The tenant's own entry carries a lock, in force or not. */
  has_lock: boolean
  is_redundant: boolean
  /** The lock of the tenant's own entry is in force. */
  holds_lock: boolean
  /** The lock or the bounds above that hold this tenant, and may be waived for it. */
  held_by: (NodeName & { words: string }) | null
  /** The exemption that this tenant makes use of, in words; or ''. */
  exempt: string
  chain: ChainLine[]
  factory: string
}

const SOURCES = {
  factory: { label: 'Factory', icon: 'factory' },
  here: { label: 'Set here', icon: 'pencil' },
  inherited: { label: 'Inherited', icon: 'arrow-up-left' },
  locked: { label: 'Locked', icon: 'lock' },
  merged: { label: 'Merged', icon: 'git-merge' },
} as const

/** A preference in effect for a tenant, in the words of the page. */
export function toRow({ preference, resolution, own }: InEffect, tenant_id: number): PreferenceRow {
  const { source, chain } = resolution
  const mine = chain.at(-1)?.tenant_id === tenant_id ? chain.at(-1) : undefined
  const elsewhere = source.name !== null && source.tenant_id !== tenant_id
  return {
    key: preference.key,
    label: preference.label,
    help: preference.help,
    value: formatValue(preference, resolution.value),
    items: preference.merge === 'list' ? listItems(preference, resolution) : null,
    source: { kind: source.kind, ...SOURCES[source.kind] },
    from: elsewhere ? { tenant_id: source.tenant_id, name: source.name! } : null,
    is_own: own !== undefined,
    has_lock: own !== undefined && own.lock !== null,
    is_redundant: mine?.redundant ?? false,
    holds_lock: mine?.lock_state === 'in_force' || mine?.lock_state === 'expired',
    held_by: heldBy(preference, resolution),
    exempt: exemptFrom(chain),
    chain: chain.map((explained) => toLine(preference, explained)),
    factory: formatValue(preference, preference.factory),
  }
}

/** The items in effect, and those that an entry took out. */
function listItems(preference: Preference, { value, chain }: Resolution) {
  const items = Array.isArray(value) ? value : []
  const gone = new Set<unknown>()
  for (const { entry, verdict } of chain)
    if ('remove' in entry.form && (verdict === 'won' || verdict === 'merged'))
      for (const item of entry.form.remove) if (!items.includes(item)) gone.add(item)
  const show = (gone: boolean) => (item: unknown) => ({ text: formatValue(preference, item), gone })
  return [...items.map(show(false)), ...[...gone].map(show(true))]
}

function exemptFrom(chain: Explained[]) {
  const waived = chain.findLast(({ lock_state }) => lock_state === 'exempted')
  if (!waived) return ''
  const end = waived.exemption?.expires_at
  return `Exempt from ${waived.name}${end ? ` until ${formatInstant(end)}` : ''}`
}

function heldBy(preference: Preference, { locked_by, bounds }: Resolution) {
  if (locked_by) return { ...locked_by, words: `Locked by ${locked_by.name}` }
  const bound = bounds.at(-1)
  if (!bound) return null
  const { tenant_id, name } = bound
  const words = `${formatBounds(preference, bound.bounds)}: bounded by ${name}`
  return { tenant_id, name, words: words[0]!.toUpperCase() + words.slice(1) }
}

function toLine(preference: Preference, explained: Explained): ChainLine {
  const { tenant_id, name, entry, verdict } = explained
  return {
    tenant_id,
    name,
    text: formatEntry(preference, entry.form),
    lock: formatLock(preference, entry.lock),
    verdict: [formatVerdict(explained), formatLockState(explained)].filter(Boolean).join(' · '),
    look:
      verdict === 'won' || verdict === 'merged'
        ? 'won'
        : verdict === 'overridden'
          ? 'lost'
          : 'dormant',
    by: entry.by,
    at: entry.at,
  }
}

/** What an entry says, on one line. */
export function formatEntry(preference: Preference, form: Explained['entry']['form']) {
  if ('reset' in form) return `Factory: ${formatValue(preference, preference.factory)}`
  if ('value' in form) return formatValue(preference, form.value)
  const added = form.add.map((item) => `+ ${formatValue(preference, item)}`)
  const removed = form.remove.map((item) => `− ${formatValue(preference, item)}`)
  return [...added, ...removed].join(', ') || 'As inherited'
}

/** What a lock asks of the nodes below, or ''. */
export function formatLock(preference: Preference, lock: Lock) {
  if (lock === null) return ''
  if (lock === 'fixed') return 'locked for all below'
  const bounds = formatBounds(preference, lock)
  return lock.allowed ? `below only ${bounds}` : `${bounds} below`
}

function formatVerdict({ verdict, because, redundant }: Explained) {
  const by = because ? ` by ${because.name}` : ''
  switch (verdict) {
    case 'won':
      return redundant ? 'in effect · redundant' : 'in effect'
    case 'merged':
      return redundant ? 'merged · redundant' : 'merged'
    case 'overridden':
      return 'overridden'
    case 'blocked':
      return `blocked${by}`
    case 'locked_out':
      return `locked out${by}: dormant`
    case 'out_of_bounds':
      return `out of the bounds${because ? ` of ${because.name}` : ''}: dormant`
  }
}

function formatLockState({ lock_state, exemption }: Explained) {
  if (lock_state === 'exempted')
    return `exempt${exemption?.expires_at ? ` until ${formatInstant(exemption.expires_at)}` : ''}${exemption?.reason && `: ${exemption.reason}`}`
  if (lock_state === 'expired' && exemption?.expires_at)
    return `exemption ended ${formatInstant(exemption.expires_at)}`
  return ''
}
