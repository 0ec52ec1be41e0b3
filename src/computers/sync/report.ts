import type { ComputerKind } from '../../db/computer-schema.ts'
import { canonicalZone } from '../../web/zones.ts'

/** What an integration says of a machine. What it does not know is left out. */
export type ReportedAgent = {
  /** What the integration calls the agent, for good. */
  external_key: string
  /** The tenant to which the integration's customer is linked. */
  tenant_id: number
  name: string
  serial_number?: string | undefined
  manufacturer?: string | undefined
  model?: string | undefined
  hardware_uuid?: string | undefined
  operating_system?: string | undefined
  time_zone?: string | undefined
  kind?: ComputerKind | undefined
  last_seen_at?: string | undefined
}

/** The facts of a report, cleaned: what is kept of it, and compared with the next one. */
export type ReportedFacts = {
  name: string
  serial_number: string
  manufacturer: string
  model: string
  hardware_uuid: string
  operating_system: string
  /** As the IANA spells it; '' where what was reported is no zone. */
  time_zone: string
  kind: ComputerKind
}

/** A report as it was taken in. */
export type Report = {
  external_key: string
  tenant_id: number
  /** '' where it is not known. */
  last_seen_at: string
  facts: ReportedFacts
  /** The facts as text: equal where nothing has changed. */
  reported: string
}

/** Takes in what an integration says: other systems' texts may be of any length and hold anything. */
export function readReport(agent: ReportedAgent): Report {
  const external_key = clean(agent.external_key)
  const operating_system = clean(agent.operating_system)
  const facts: ReportedFacts = {
    name: clean(agent.name) || external_key,
    serial_number: clean(agent.serial_number),
    manufacturer: clean(agent.manufacturer),
    model: clean(agent.model),
    hardware_uuid: clean(agent.hardware_uuid),
    operating_system,
    time_zone: canonicalZone(clean(agent.time_zone)) ?? '',
    kind: agent.kind ?? (/\bserver\b/i.test(operating_system) ? 'server' : 'workstation'),
  }
  return {
    external_key,
    tenant_id: agent.tenant_id,
    last_seen_at: agent.last_seen_at ?? '',
    facts,
    reported: JSON.stringify(facts),
  }
}

const LONGEST = 200

/** White space at the ends, control characters, and what turns the direction of text. */
const UNCLEAN = /^\s|\s$|[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

function clean(text = '') {
  if (text.length <= LONGEST && !UNCLEAN.test(text) && text.isWellFormed()) return text
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
    .slice(0, LONGEST)
    .toWellFormed()
    .trim()
}
