import type { Doubt } from '../../db/computer-schema.ts'
import { type Identity, identityOf, uuidKeyOf } from '../identity.ts'
import { contradicts, matchMachine } from '../matching.ts'
import type { KnownAgent, KnownComputer } from './known.ts'
import type { Report, ReportedFacts } from './report.ts'

/** A computer as it is to be. A new one has a negative id until it is written. */
export type PlannedComputer = Omit<KnownComputer, 'sort_key' | 'platform'> & {
  /** Null for a new one. */
  before: KnownComputer | null
  changed: boolean
}

/** An agent as it is to be. */
export type PlannedAgent = {
  /** Null for one that was never reported before. */
  before: KnownAgent | null
  tenant_id: number
  computer: PlannedComputer | null
  doubt: Doubt | null
  report: Report
}

/** What some reports do to what is known. */
export type SyncPlan = { computers: PlannedComputer[]; agents: PlannedAgent[] }

/**
 * Decides what becomes of reports that are new or differ from the ones before, in their order: each
 * sees what those before it did.
 */
export function planReports(
  reports: { report: Report; agent: KnownAgent | undefined }[],
  known: ReadonlyMap<number, KnownComputer>,
): SyncPlan {
  const machines = indexMachines(known.values())
  let next_id = -1
  const agents = reports.map(({ report, agent }): PlannedAgent => {
    const attached = agent?.computer_id ? machines.by_id.get(agent.computer_id) : undefined
    if (agent && attached) return renew(machines, { report, agent, attached })
    const identity = identityOf(report.facts)
    const tenant_id = agent?.tenant_id ?? report.tenant_id
    const about = { before: agent ?? null, tenant_id, report }
    const match = matchMachine({ ...identity, tenant_id }, machines.alike(identity))
    if (match.kind === 'doubt') return { ...about, computer: null, doubt: match.doubt }
    if (match.kind === 'new') {
      const computer = createFrom(report, identity, tenant_id, next_id--)
      machines.add(computer)
      return { ...about, computer, doubt: null }
    }
    const computer = machines.by_id.get(match.id)!
    takeFacts(machines, computer, fillGaps(computer, report.facts))
    see(computer, report.last_seen_at)
    return { ...about, computer, doubt: null }
  })
  const computers = [...machines.by_id.values()].filter(({ before, changed }) => !before || changed)
  return { computers, agents }
}

type Renewal = { report: Report; agent: KnownAgent; attached: PlannedComputer }

/**
 * An agent whose computer is known. What has changed since its last report is changed in the
 * computer too; so what somebody has corrected there stays, and two agents that disagree do not
 * overwrite each other with every sync.
 */
function renew(machines: Machines, { report, agent, attached }: Renewal): PlannedAgent {
  const about = { before: agent, tenant_id: agent.tenant_id, report }
  const before = JSON.parse(agent.reported) as ReportedFacts
  if (contradicts({ uuid_key: uuidKeyOf(report.facts.hardware_uuid) }, attached))
    return { ...about, computer: null, doubt: 'contradiction' }
  takeFacts(machines, attached, differences(before, report.facts))
  see(attached, report.last_seen_at)
  return { ...about, computer: attached, doubt: null }
}

/** Takes note of when a computer was seen: never goes back in time. */
function see(computer: PlannedComputer, at: string) {
  if (at === '') return
  if (computer.first_seen_at === '') computer.first_seen_at = at
  if (computer.last_seen_at < at) computer.last_seen_at = at
}

const fields = [
  'name',
  'serial_number',
  'manufacturer',
  'model',
  'hardware_uuid',
  'operating_system',
  'time_zone',
  'kind',
] as const

/** What a machine is told by. */
const hardware: ReadonlySet<string> = new Set(['hardware_uuid', 'manufacturer', 'serial_number'])

type Facts = Partial<Record<(typeof fields)[number], string>>

/** What is told anew. That something is not known any more is nothing to tell. */
const differences = (before: ReportedFacts, now: ReportedFacts): Facts =>
  Object.fromEntries(
    fields
      .filter((name) => now[name] !== '' && now[name] !== before[name])
      .map((name) => [name, now[name]]),
  )

/** What the computer does not say of itself yet. */
const fillGaps = (computer: PlannedComputer, now: ReportedFacts): Facts =>
  Object.fromEntries(
    fields
      .filter((name) => computer[name] === '' && now[name] !== '')
      .map((name) => [name, now[name]]),
  )

function takeFacts(machines: Machines, computer: PlannedComputer, facts: Facts) {
  const changed = fields.filter(
    (name) => facts[name] !== undefined && facts[name] !== computer[name],
  )
  if (changed.length === 0) return
  const before = { uuid_key: computer.uuid_key, serial_key: computer.serial_key }
  Object.assign(computer, facts, { changed: true })
  if (!changed.some((name) => hardware.has(name))) return
  Object.assign(computer, identityOf(computer))
  machines.move(computer, before)
}

const createFrom = (
  { facts, last_seen_at }: Report,
  identity: Identity,
  tenant_id: number,
  id: number,
): PlannedComputer => ({
  id,
  tenant_id,
  ...facts,
  ...identity,
  primary_person_id: null,
  state: 'new',
  source: 'reported',
  version: 1,
  first_seen_at: last_seen_at,
  last_seen_at,
  before: null,
  changed: false,
})

type Machines = ReturnType<typeof indexMachines>

/** The computers by what tells them apart, which is only sorted out once somebody asks. */
function indexMachines(known: Iterable<KnownComputer>) {
  const by_id = new Map<number, PlannedComputer>()
  for (const computer of known)
    by_id.set(computer.id, { ...computer, before: computer, changed: false })
  let by_key: ReturnType<typeof indexKeys> | null = null
  return {
    by_id,
    add(computer: PlannedComputer) {
      by_id.set(computer.id, computer)
      by_key?.add(computer)
    },
    /** Takes note that a computer is told by other keys now. */
    move(computer: PlannedComputer, before: Identity) {
      by_key?.remove(computer, before)
      by_key?.add(computer)
    },
    alike: (identity: Identity) => (by_key ??= indexKeys(by_id.values())).alike(identity),
  }
}

function indexKeys(computers: Iterable<PlannedComputer>) {
  const by_uuid = new Map<string, Set<PlannedComputer>>()
  const by_serial = new Map<string, Set<PlannedComputer>>()
  const place = (index: typeof by_uuid, key: string | null, computer: PlannedComputer) => {
    if (key === null) return
    const alike = index.get(key)
    if (alike) alike.add(computer)
    else index.set(key, new Set([computer]))
  }
  const add = (computer: PlannedComputer) => {
    place(by_uuid, computer.uuid_key, computer)
    place(by_serial, computer.serial_key, computer)
  }
  for (const computer of computers) add(computer)
  return {
    add,
    remove(computer: PlannedComputer, { uuid_key, serial_key }: Identity) {
      by_uuid.get(uuid_key ?? '')?.delete(computer)
      by_serial.get(serial_key ?? '')?.delete(computer)
    },
    alike: ({ uuid_key, serial_key }: Identity) => ({
      by_uuid: [...(by_uuid.get(uuid_key ?? '') ?? [])],
      by_serial: [...(by_serial.get(serial_key ?? '') ?? [])],
    }),
  }
}
