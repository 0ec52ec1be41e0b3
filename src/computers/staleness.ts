import { WHOLE_ACCESS } from '../access/decide.ts'
import { visibleScope } from '../access/visible.ts'
import type { ComputerTab } from '../db/computer-schema.ts'
import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { inScope } from '../db/scope.ts'
import { idsIn } from '../db/search.ts'
import { type StaleRule, listStaleRules } from './stale-rules.ts'

const EVERY_MS = 60_000
const AT_ONCE = 500

/** Whose access counts: it is the program that looks. */
const SCOPE = visibleScope({ access: WHOLE_ACCESS }, 'computer.edit')

/** Looks once a minute, from `start` to `stop`. Says of trouble what it was, and goes on. */
export function staleWatch(db: Db, onTrouble: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<unknown> | undefined
  const look = () => {
    looking ??= markStale(db)
      .catch(onTrouble)
      .finally(() => {
        looking = undefined
      })
  }
  return {
    start() {
      timer = setInterval(look, EVERY_MS).unref()
    },
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}

/**
 * Marks the computers that have not been seen for as long as the preference of their tenant says,
 * and takes the mark from those that have. It is a report and no operation. A few at a time, so that
 * nobody waits.
 */
export async function markStale(db: Db) {
  const rules = await listStaleRules(db)
  const cutoffs = rules.map(({ cutoff }) => cutoff).sort()
  await mark(db, rules, { tab: 'active', from: NEVER, to: cutoffs.at(-1)! })
  await mark(db, rules, { tab: 'new', from: NEVER, to: cutoffs.at(-1)! })
  await mark(db, rules, { tab: 'stale', from: cutoffs[0]!, to: FOR_EVER })
}

/** Before and after every instant: what was never seen is not stale. */
const NEVER = '0'
const FOR_EVER = '9'

type Range = { tab: ComputerTab; from: string; to: string }

/** Looks at those that are marked in one way and may have to be marked in the other. */
async function mark(db: Db, rules: StaleRule[], { tab, from, to }: Range) {
  const stale = Number(tab === 'stale')
  let place = { last_seen_at: from, id: 0 }
  while (true) {
    const some = await seenBetween(db, { tab, to, from: place.last_seen_at, id: place.id })
    const wrong = some.filter(({ path, last_seen_at }) => {
      const { cutoff } = rules.find((rule) => path.startsWith(rule.path))!
      return Number(last_seen_at < cutoff) !== stale
    })
    if (wrong.length > 0)
      await setStale(
        db,
        wrong.map(({ id }) => id),
        1 - stale,
      )
    if (some.length < AT_ONCE) return
    place = some.at(-1)!
  }
}

type Place = { tab: ComputerTab; from: string; id: number; to: string }

const seenBetween = prepared((db, { tab, from, id, to }: Place) =>
  db
    .selectFrom('computer')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .select(['computer.id', 'computer.last_seen_at', 'tenant.path'])
    .where(inScope(SCOPE, 'computer.tenant_id'))
    .where('computer.tab', '=', tab)
    .where('computer.last_seen_at', '<', to)
    .where((eb) => eb(eb.refTuple('computer.last_seen_at', 'computer.id'), '>', eb.tuple(from, id)))
    .orderBy('computer.last_seen_at')
    .orderBy('computer.id')
    .limit(AT_ONCE),
)

const setStale = (db: Db, ids: number[], stale: number) =>
  system(db, (tx) =>
    tx
      .updateTable('computer')
      .set({ stale })
      .where('computer.id', 'in', idsIn(ids))
      .where(inScope(SCOPE, 'computer.tenant_id'))
      .execute(),
  )
