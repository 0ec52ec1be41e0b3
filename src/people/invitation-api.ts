import { z } from 'zod'
import { INVITED_HOURS } from '../access/invitations.ts'
import type { Db } from '../db/connection.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { Api } from '../web/api.ts'
import { PersonParams } from './api-schemas.ts'
import { invitePerson } from './invite.ts'

const SentInvitation = z
  .strictObject({
    sent_to: z.string().nullable().describe('Where the link was mailed; null where it was not.'),
    link: z
      .string()
      .nullable()
      .describe(`Shown this once where no mail was sent. Works once, for ${INVITED_HOURS} hours.`),
    problem: z.string().nullable().describe('Why no mail was sent, though a server is set up.'),
  })
  .meta({ id: 'Invitation' })

/** Inviting a person by the API. Doing so again makes the earlier link useless. */
export function invitationApi(
  api: Api,
  db: Db,
  { mailer, url }: { mailer: Mailer; url: string | undefined },
) {
  api.post(
    '/people/:id/invitations',
    {
      config: { permission: 'user.manage', scope: 'anywhere' },
      schema: {
        operationId: 'invitePerson',
        summary: 'Invite somebody who has a role; an earlier link is good no more',
        tags: ['people'],
        params: PersonParams,
        response: { 201: SentInvitation },
      },
    },
    async (request, reply) => {
      const invitation = await invitePerson(db, mailer, request.actor, request.params.id)
      return reply.code(201).send(
        'sent_to' in invitation
          ? { sent_to: invitation.sent_to, link: null, problem: null }
          : {
              sent_to: null,
              link: `${url ?? `${request.protocol}://${request.host}`}${invitation.link}`,
              problem: invitation.problem,
            },
      )
    },
  )
}
