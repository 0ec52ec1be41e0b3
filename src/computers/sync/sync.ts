import { type Asker, requireTenant, visibleScope } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { type Author, type Tx, operation } from '../../db/operation.ts'
import type { Scope, VisibleTenant } from '../../db/scope.ts'
import { NotFound } from '../../errors.ts'
import type { Pace } from '../../pace.ts'
import { identityOf } from '../identity.ts'
import { type KnownAgent, findAgents, findComputersOf } from './known.ts'
import { planReports } from './plan.ts'
import { type Report, type ReportedAgent, readReport } from './report.ts'
import { type Sightings, noSightings, noteSighting, writeSightings } from './sightings.ts'
import { writePlan } from './write.ts'

/** What a sync did. */
export type SyncSummary = {
  /** Computers that are there now, and were not. */
  created: number
  /** Reports that said something new of a known computer. */
  changed: number
  unchanged: number
  /** Agents that wait for somebody to decide which computer they are on. */
  undecided: number
  /** Reports of customers that are linked to no tenant any more, and reports made twice. */
  passed_over: number
}

/** Who syncs: whose name the history shows, and where they may write. */
type Syncer = Author & Asker

/** Reports that are compared at once, and whose rows are written by the same statements. */
const AT_ONCE = 250
/** So many that are new or changed are written before more are compared. */
const PENDING = 2000
/** An operation takes in no more once it has held the writer for so long: its end takes as long. */
const HELD_MS = 30
/** Sightings that are written at once. */
const SEEN = 2000

/**
 * Takes in all that an integration reports. What has not changed is only seen; what has is written
 * in operations short enough that nobody waits for them. A report that comes twice counts once.
 */
export async function syncAgents(
  db: Db,
  syncer: Syncer,
  integration: string,
  agents: Iterable<ReportedAgent> | AsyncIterable<ReportedAgent>,
  pace: Pace,
): Promise<SyncSummary> {
  const summary = { created: 0, changed: 0, unchanged: 0, undecided: 0, passed_over: 0 }
  const sync: Sync = {
    db,
    syncer,
    integration,
    pace,
    summary,
    pending: [],
    sightings: noSightings(),
  }
  const heard = new Set<string>()
  let some: Report[] = []
  for await (const agent of agents) {
    const report = readReport(agent)
    if (report.external_key === '' || heard.has(report.external_key)) summary.passed_over++
    else some.push(report)
    heard.add(report.external_key)
    if (some.length < AT_ONCE) continue
    await compare(sync, some)
    some = []
  }
  await compare(sync, some)
  await writePending(sync)
  await writeSeen(sync)
  return summary
}

type Sync = {
  db: Db
  syncer: Syncer
  integration: string
  pace: Pace
  summary: SyncSummary
  /** What is new or changed, and not written yet. */
  pending: Report[]
  sightings: Sightings
}

/** Sorts out what is as it was; the rest is written when there is enough of it. */
async function compare(sync: Sync, reports: Report[]) {
  const { db, syncer, integration, summary, pending, sightings, pace } = sync
  const scope = visibleScope(syncer, 'computer.edit')
  const keys = reports.map(({ external_key }) => external_key)
  const known = await findAgents(db, scope, integration, keys)
  for (const report of reports) {
    const agent = known.get(report.external_key)
    if (agent?.reported !== report.reported) pending.push(report)
    else {
      summary.unchanged++
      if (agent.computer_id === null) summary.undecided++
      if (agent.last_seen_at < report.last_seen_at)
        noteSighting(sightings, agent.id, agent.computer_id, report.last_seen_at)
    }
  }
  if (pending.length >= PENDING) await writePending(sync)
  if (sightings.agents.size >= SEEN) await writeSeen(sync)
  await pace(summary.unchanged + summary.changed + summary.created, 0)
}

async function writeSeen(sync: Sync) {
  const { db, syncer, sightings } = sync
  sync.sightings = noSightings()
  await writeSightings(db, visibleScope(syncer, 'computer.edit'), sightings)
}

/** Writes what is new or changed, in operations that are short enough for others to wait. */
async function writePending(sync: Sync) {
  const { db, syncer, integration, pace, pending } = sync
  sync.pending = []
  const what = { kind: 'computer.sync', reason: integration }
  for (let next = 0; next < pending.length;)
    next = await operation(db, syncer, what, async (tx) => {
      const began = performance.now()
      let done = next
      while (done < pending.length && performance.now() - began < HELD_MS) {
        await writeSome(sync, tx, pending.slice(done, done + AT_ONCE))
        done += AT_ONCE
        await pace(0, 0)
      }
      return done
    })
}

async function writeSome({ syncer, integration, summary, sightings }: Sync, tx: Tx, all: Report[]) {
  const scope = visibleScope(syncer, 'computer.edit')
  const keys = all.map(({ external_key }) => external_key)
  const agents = await findAgents(tx, scope, integration, keys)
  const tenants = await admitted(tx, syncer, [
    ...all.map(({ tenant_id }) => tenant_id),
    ...[...agents.values()].map(({ tenant_id }) => tenant_id),
  ])
  const reports = all
    .map((report) => ({ report, agent: agents.get(report.external_key) }))
    .filter(({ report, agent }) => tenants.has(agent?.tenant_id ?? report.tenant_id))
  summary.passed_over += all.length - reports.length
  if (reports.length === 0) return
  const plan = planReports(reports, await findKnown(tx, scope, reports))
  await writePlan(tx, { integration, scope, admit: (id) => tenants.get(id)! }, plan)
  const created = plan.computers.filter(({ before }) => before === null).length
  const undecided = plan.agents.filter(({ doubt }) => doubt !== null).length
  summary.created += created
  summary.undecided += undecided
  summary.changed += reports.length - created - undecided
  for (const { computer, report } of plan.agents)
    if (computer?.before && !computer.changed && report.last_seen_at !== '')
      noteSighting(sightings, null, computer.id, report.last_seen_at)
}

/** Those of the tenants at which the syncer may write now. */
async function admitted(tx: Tx, syncer: Syncer, ids: number[]) {
  const tenants = new Map<number, VisibleTenant<'computer.edit'>>()
  for (const id of new Set(ids))
    try {
      tenants.set(id, await requireTenant(tx, syncer, 'computer.edit', id))
    } catch (error) {
      if (!(error instanceof NotFound)) throw error
    }
  return tenants
}

/** The computers that the agents are on; of those that are on none, all that they may be. */
function findKnown(
  tx: Tx,
  scope: Scope,
  reports: { report: Report; agent: KnownAgent | undefined }[],
) {
  const identities = reports
    .filter(({ agent }) => !agent?.computer_id)
    .map(({ report }) => identityOf(report.facts))
  return findComputersOf(tx, scope, {
    ids: reports.flatMap(({ agent }) => agent?.computer_id ?? []),
    uuid_keys: identities.flatMap(({ uuid_key }) => uuid_key ?? []),
    serial_keys: identities.flatMap(({ serial_key }) => serial_key ?? []),
  })
}
