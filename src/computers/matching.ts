import type { Doubt } from '../db/computer-schema.ts'
import type { Identity } from './identity.ts'

/** A computer that an agent may be on. */
export type Candidate = Identity & { id: number; tenant_id: number }

/** Which computer an agent is on: a known one, a new one, or one that a person has to name. */
export type Match =
  { kind: 'known'; id: number } | { kind: 'new' } | { kind: 'doubt'; doubt: Doubt }

/** What is known of a machine before a report is read. */
type Known = {
  /** The computers that have the UUID, and those that have the maker and serial number. */
  by_uuid: readonly Candidate[]
  by_serial: readonly Candidate[]
}

/**
 * Which computer the machine is, by its hardware alone: the UUID first, then maker and serial
 * number. Where the two disagree, or several computers could be it, or it is known at another
 * tenant, it is not guessed.
 */
export function matchMachine(
  machine: Identity & { tenant_id: number },
  { by_uuid, by_serial }: Known,
): Match {
  const agreed = by_uuid.filter(({ id }) => by_serial.some((other) => other.id === id))
  const likely = [agreed, by_uuid, by_serial].find(({ length }) => length > 0) ?? []
  const [found, ...others] = likely
  if (!found) return { kind: 'new' }
  if (others.length > 0) return { kind: 'doubt', doubt: 'several' }
  const disagree = agreed.length === 0 && by_uuid.length > 0 && by_serial.length > 0
  if (disagree || contradicts(machine, found)) return { kind: 'doubt', doubt: 'contradiction' }
  if (found.tenant_id !== machine.tenant_id) return { kind: 'doubt', doubt: 'elsewhere' }
  return { kind: 'known', id: found.id }
}

type Uuid = Pick<Identity, 'uuid_key'>

/**
 * Whether two things cannot be one machine: both say their UUID, and it is not the same. A serial
 * number alone does not part what a UUID joins, since makers correct theirs.
 */
export const contradicts = (one: Uuid, other: Uuid) =>
  one.uuid_key !== null && other.uuid_key !== null && one.uuid_key !== other.uuid_key
