import type { Actor } from '../access/actor.ts'
import { requireAuthorityOver } from '../access/authority.ts'
import { createInvitation, INVITED_HOURS, invitationPath } from '../access/invitations.ts'
import type { Asker } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { type Tx, operation } from '../db/operation.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import { Conflict } from '../errors.ts'
import type { Mailer, Message } from '../mail/mailer.ts'
import { getPerson, type Person } from './queries.ts'
import type { Invitation } from './views.ts'

/**
 * Invites a person who has a role, and mails the link, or returns it where no mail can be sent. A link
 * that was made before is good no more. Throws Conflict for who cannot become a user.
 */
export async function invitePerson(
  db: Db,
  mailer: Mailer,
  actor: Actor,
  id: number,
): Promise<Invitation> {
  const { person, secret } = await operation(db, actor, 'person.invite', async (tx) => {
    const person = await requireInvitable(tx, actor, id, tx.operation.at)
    return { person, secret: await noteInvitation(tx, person, actor.name) }
  })
  return sendInvitation(mailer, actor, person, secret)
}

/** A person whom the asker may invite: it needs authority, since the link lets somebody in. */
export async function requireInvitable(db: Reads, asker: Asker, id: number, now: string) {
  const person = await getPerson(db, asker, id)
  if (person.role_id === null)
    throw new Conflict(`${person.name} has no role. Give one first, then invite.`)
  if (!person.active) throw new Conflict(`${person.name} is deactivated.`)
  await requireAuthorityOver(db, asker, person, now)
  return person
}

/** Writes an invitation down, and returns the secret of its link. */
export async function noteInvitation(tx: Tx, { id, version }: Person, invited_by: string) {
  const secret = await createInvitation(tx, id, invited_by)
  await everyTenantTx(tx)
    .updateTable('person')
    .set({ invited_at: tx.operation.at, version: version + 1 })
    .where('id', '=', id)
    .execute()
  return secret
}

/** Sends the link of an invitation that is committed; where that is not possible, hands it back. */
export async function sendInvitation(
  mailer: Mailer,
  { name }: { name: string },
  person: Person,
  secret: string,
): Promise<Invitation> {
  const link = invitationPath(secret)
  if (!mailer.configured) return { link, problem: null }
  const delivery = await mailer.send(messageTo(person, name, link))
  return delivery.sent ? { sent_to: person.email } : { link, problem: delivery.problem }
}

const messageTo = (person: Person, inviter: string, path: string): Message => ({
  to: person.email,
  subject: 'You are invited to Tenantry',
  paragraphs: [
    `Hello ${person.name},`,
    `${inviter} has invited you to Tenantry as a user of ${person.tenant_name}.`,
    `The link works once, within ${INVITED_HOURS} hours.`,
  ],
  action: { label: 'Accept the invitation', path },
  footnote: `If you do not know ${inviter}, ignore this mail: nothing happens without you.`,
})
