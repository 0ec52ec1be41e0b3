import { INVITED_HOURS } from '../access/invitations.ts'
import type { Person } from './queries.ts'

export type StateName =
  'person' | 'active' | 'deactivated' | 'not_invited' | 'invited' | 'invitation_expired'

type Facts = Pick<Person, 'role_id' | 'active' | 'invited_at' | 'has_account'>

/** Whether somebody is a user, and how far they have come. */
export function stateOf(person: Facts, now: string): StateName {
  if (!person.active) return 'deactivated'
  if (person.role_id === null) return 'person'
  if (person.invited_at !== null)
    return expiryOf(person.invited_at) > now ? 'invited' : 'invitation_expired'
  return person.has_account ? 'active' : 'not_invited'
}

/** When an invitation ends. */
export const expiryOf = (invited_at: string) =>
  new Date(Date.parse(invited_at) + INVITED_HOURS * 3_600_000).toISOString()

/** The states in words; `tone` is that of its badge. */
export const stateLooks: Record<StateName, { label: string; variant: string }> = {
  person: { label: 'Cannot sign in', variant: 'outline' },
  active: { label: 'Active', variant: 'secondary' },
  deactivated: { label: 'Deactivated', variant: 'outline' },
  not_invited: { label: 'Not invited yet', variant: 'outline' },
  invited: { label: 'Invited', variant: 'outline' },
  invitation_expired: { label: 'Invitation expired', variant: 'destructive' },
}
