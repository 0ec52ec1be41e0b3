import type { Actor } from '../../access/actor.ts'
import { requireTenant } from '../../access/visible.ts'
import type { BatchAction } from '../../computers/batch/actions.ts'
import { runBatch } from '../../computers/batch/run.ts'
import { markStale } from '../../computers/staleness.ts'
import type { ReportedAgent } from '../../computers/sync/report.ts'
import { syncAgents } from '../../computers/sync/sync.ts'
import type { Db } from '../../db/connection.ts'
import { type Tx, operation } from '../../db/operation.ts'
import { paced } from '../../pace.ts'
import { tagComputer } from '../../tags/carriers.ts'
import { createTag } from '../../tags/commands.ts'
import { ROOT_ID } from '../../tenants/queries.ts'
import type { Machine } from './fill-computers.ts'

/** One in so many has no agent, and one in so many has not been seen for long. */
const WITHOUT_AGENT = 9
const UNSEEN = 17

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/**
 * What the integrations report of the computers, and what was done with some of them since. `now` is
 * the moment at which that ends.
 */
export async function watchComputers(db: Db, actor: Actor, machines: Machine[], now: string) {
  await syncAgents(db, actor, 'MeshCentral', reports(machines, now), paced())
  const portables = machines.filter(({ kind }) => kind === 'portable')
  await syncAgents(db, actor, 'Microsoft Intune', portables.map(managed(now)), paced())
  await markStale(db)
  await tagServers(db, actor, machines)
  await act(db, actor, 'change_tenant', machines.slice(20, 23), {
    tenant_id: machines[30]!.tenant_id,
    reason: 'The team moved, and took them along',
  })
  await act(db, actor, 'exclude', [machines.find(({ kind }) => kind === 'server')!], {
    reason: 'Their own people patch it',
  })
  await act(db, actor, 'delete', machines.slice(-3, -1), { reason: 'Returned to the lessor' })
}

const before = (now: string, ms: number) => new Date(Date.parse(now) - ms).toISOString()

function* reports(machines: Machine[], now: string): Generator<ReportedAgent> {
  for (const [index, machine] of machines.entries()) {
    if (index % WITHOUT_AGENT === 0) continue
    const unseen_ms = index % UNSEEN === 0 ? 62 * DAY_MS : (index % 45) * MINUTE_MS
    yield agentOf(machine, `node//${index}`, before(now, unseen_ms))
  }
  // Some that nobody has looked at yet, and one that may be a computer of somebody else.
  for (const [index, { tenant_id }] of machines.slice(5, 60).entries())
    if (index % 9 === 0)
      yield agentOf(
        { tenant_id, name: `DESKTOP-7K${index}QX`, operating_system: 'Windows 11 Pro' },
        `node//new-${index}`,
        before(now, index * MINUTE_MS),
      )
  const known = machines[1]!
  const elsewhere = { ...known, tenant_id: machines.at(-1)!.tenant_id, name: 'DESKTOP-RESOLD' }
  yield agentOf(elsewhere, 'node//resold', before(now, MINUTE_MS))
}

const managed = (now: string) => (machine: Machine, index: number) =>
  agentOf(machine, `device-${index}`, before(now, (index % 90) * MINUTE_MS))

type Reported = Omit<ReportedAgent, 'external_key' | 'last_seen_at'> & { id?: number }

function agentOf({ id: _, ...told }: Reported, external_key: string, last_seen_at: string) {
  return { ...told, external_key, last_seen_at }
}

async function tagServers(db: Db, actor: Actor, machines: Machine[]) {
  const reason = 'So that nobody restarts them by day'
  await operation(db, actor, { kind: 'tag.create', reason }, async (tx) => {
    const tag = {
      name: 'Critical',
      color: 'red',
      description: 'Not to be restarted by day',
    } as const
    const id = await createTag(tx, actor, ROOT_ID, tag)
    const placed = { ...tag, id, tenant_id: ROOT_ID, path: `/${ROOT_ID}/` }
    for (const { id, tenant_id } of machines.filter(({ kind }) => kind === 'server'))
      await tagComputer(tx, await requireTenant(tx, actor, 'computer.edit', tenant_id), id, placed)
  })
}

/** One action on some computers, as somebody chooses it in the list. */
async function act(
  db: Db,
  actor: Actor,
  action: BatchAction,
  machines: Machine[],
  { reason, tenant_id = null }: { reason: string; tenant_id?: number | null },
) {
  const ids = machines.map(({ id }) => id)
  const batch = { action, ids, tenant_id, tag_id: null, person: null, whole: true, reason }
  await operation(db, actor, { kind: `computer.batch_${action}`, reason }, (tx: Tx) =>
    runBatch(tx, actor, batch, paced()),
  )
}
