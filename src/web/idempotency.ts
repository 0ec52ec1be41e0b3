import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Db, Reads } from '../db/connection.ts'
import { type OperationFacts, type Tx, operation } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import type { Api } from './api.ts'

const KEPT_HOURS = 24

const HEADER = 'idempotency-key'

const Headers = z.looseObject({
  [HEADER]: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'Give 1 to 200 visible characters.')
    .optional()
    .describe('A name for this request, so that sending it again does nothing twice.'),
})

/** Lets every POST carry an `Idempotency-Key`. */
export function takeIdempotencyKeys(api: Api) {
  api.addHook('onRoute', (route) => {
    if (route.method === 'POST') route.schema = { ...route.schema, headers: Headers }
  })
}

/**
 * Answers a POST that creates something: runs `create` as an operation and answers 201 with what
 * it returns, and where that is. With a header `Idempotency-Key`, the answer is kept in the same
 * transaction for 24 hours: whoever sends the same key again, not knowing whether the first time
 * counted, gets that answer and nothing is created twice. Refusals are not kept. What was created lies
 * below `list`, which is where it was posted to unless said otherwise. What is kept is `kept` of the
 * answer: all of it, unless it has a secret.
 */
export async function createOnce<Created extends { id: number }>(
  request: FastifyRequest,
  reply: FastifyReply,
  db: Db,
  what: string | OperationFacts,
  create: (tx: Tx) => Promise<Created>,
  {
    list = addressOf(request),
    kept = (created) => created,
  }: { list?: string; kept?: (created: Created) => Created } = {},
) {
  const once = readKey(request)
  if (!once) return answer(list, reply, await operation(db, request.actor, what, create))

  const since = hoursBefore(db.now(), KEPT_HOURS)
  const known = await findAnswer(db, once, since)
  if (known) return replay(list, reply, once, known)
  try {
    const created = await operation(db, request.actor, what, async (tx) => {
      const created = await create(tx)
      await keepAnswer(tx, once, since, kept(created))
      return created
    })
    return answer(list, reply, created)
  } catch (error) {
    // Sent twice at once, the second fails on what the first has done, and takes its answer.
    const first = await findAnswer(db, once, since)
    if (!first) throw error
    return replay(list, reply, once, first)
  }
}

/** A key of one person, and what they sent with it. */
type Once = { person_id: number; key: string; request_hash: string }

type Kept = { request_hash: string; body: string }

function readKey(request: FastifyRequest): Once | undefined {
  const key = request.headers[HEADER] as string | undefined
  if (key === undefined) return undefined
  const sent = JSON.stringify([addressOf(request), request.body])
  const request_hash = createHash('sha256').update(sent).digest('base64url')
  return { person_id: request.actor.person_id, key, request_hash }
}

function findAnswer(db: Reads, { person_id, key }: Once, since: string) {
  return db
    .selectFrom('idempotency_key')
    .select(['request_hash', 'body'])
    .where('person_id', '=', person_id)
    .where('key', '=', key)
    .where('created_at', '>', since)
    .executeTakeFirst()
}

async function keepAnswer(tx: Tx, once: Once, since: string, created: object) {
  await tx.deleteFrom('idempotency_key').where('created_at', '<=', since).execute()
  await tx
    .insertInto('idempotency_key')
    .values({
      ...once,
      status: 201,
      body: JSON.stringify(created),
      created_at: tx.operation.at,
    })
    .execute()
}

function replay(list: string, reply: FastifyReply, once: Once, kept: Kept) {
  if (kept.request_hash !== once.request_hash)
    throw new Invalid({ [HEADER]: 'This key was used for another request.' })
  return answer(list, reply.header('idempotency-replayed', 'true'), JSON.parse(kept.body))
}

const answer = (list: string, reply: FastifyReply, created: { id: number }) =>
  reply.code(201).header('location', `${list}/${created.id}`).send(created)

const addressOf = (request: FastifyRequest) => request.url.split('?', 1)[0]!

const hoursBefore = (instant: string, hours: number) =>
  Temporal.Instant.from(instant).subtract({ hours }).toString({ smallestUnit: 'millisecond' })
