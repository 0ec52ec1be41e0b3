import { subscribe } from 'node:diagnostics_channel'
import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { openConnection } from '../../src/db/connection.ts'
import type { Mailer, Message } from '../../src/mail/mailer.ts'
import { can } from '../isolation/model.ts'
import { readModel } from './read-model.ts'

/**
 * A text that nobody would guess, and that says which tenant it belongs to: whoever is shown it
 * must be able to see that tenant. To seed one more, use it as any text of a row.
 */
export const canary = (tenant_id: number) => `canary-${tenant_id}-${markOf(tenant_id)}`

const markOf = (tenant_id: number) =>
  createHash('sha256').update(`tenant ${tenant_id}`).digest('hex').slice(0, 12)

/** What was asked and got, by whom it said it was, and what whoever asked had known before. */
type Exchange = { who: Who; what: string; typed: string; answer: string }
type Who = { cookie: string | undefined; authorization: string | undefined }

/** The tenants whose canaries a text holds. */
export const canariesIn = (text: string) =>
  new Set(
    [...text.matchAll(/canary-(\d+)-([0-9a-f]{12})/g)]
      .filter(([, id, mark]) => markOf(Number(id)) === mark)
      .map(([, id]) => Number(id)),
  )

const watched = new WeakMap<FastifyInstance['server'], (exchange: Exchange) => void>()

// Fastify announces each new application, before it has any route: so no answer goes unseen,
// whether it is asked for by `inject`, by a browser, or over a bare connection.
subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRequest', async (request, reply) => {
    const report = watched.get(fastify.server)
    if (report) listen(request, reply, report)
  })
})

/** Notes all that is sent for a request, and reports it in the end. */
function listen(
  request: FastifyRequest,
  reply: FastifyReply,
  report: (exchange: Exchange) => void,
) {
  const { headers, method, url } = request
  const { raw } = reply
  const parts: string[] = []
  const [write, end] = [raw.write, raw.end]
  const note = (part: unknown) => {
    if (typeof part === 'string' || Buffer.isBuffer(part)) parts.push(part.toString())
  }
  raw.write = function (...given: unknown[]) {
    note(given[0])
    return write.apply(raw, given as Parameters<typeof write>)
  } as typeof write
  raw.end = function (...given: unknown[]) {
    note(given[0])
    const sent = Object.entries(reply.getHeaders()).map(([name, value]) => `${name}: ${value}`)
    report({
      who: { cookie: headers.cookie, authorization: headers.authorization },
      what: `${method} ${url}`,
      typed: `${decodeURIComponent(url)} ${JSON.stringify(request.body ?? '')}`,
      answer: [...sent, ...parts].join('\n'),
    })
    return end.apply(raw, given as Parameters<typeof end>)
  } as typeof end
}

/**
 * Watches every answer of an application: lists in `leaks` those in which somebody was shown a
 * canary of a tenant that they may not see. Returns what ends that.
 */
export function watchForLeaks(
  app: FastifyInstance,
  leaks: string[],
  now: () => string,
  path: string,
) {
  // Opened once, where it is needed: that takes longer than what is asked of it.
  let sqlite: Database.Database | undefined
  watched.set(app.server, ({ who, what, typed, answer }) => {
    const known = canariesIn(typed)
    for (const tenant_id of canariesIn(answer)) {
      if (known.has(tenant_id)) continue
      sqlite ??= openConnection(path, { readonly: true })
      if (!maySee(sqlite, now(), who, tenant_id))
        leaks.push(`${what} shows a canary of tenant ${tenant_id}`)
    }
  })
  return () => sqlite?.close()
}

const SECRETS = [/(?:^|[; ])(?:__Host-)?session=([^;]+)/, /^Bearer (.+)$/]

/** Whether whoever proves this to be them may see the tenant: by the rules, not by the program. */
function maySee(
  sqlite: Database.Database,
  now: string,
  { cookie = '', authorization = '' }: Who,
  tenant_id: number,
) {
  const [session, token] = [SECRETS[0]!.exec(cookie)?.[1], SECRETS[1]!.exec(authorization)?.[1]]
  const find = (table: string, secret: string | undefined) =>
    secret === undefined
      ? undefined
      : (sqlite
          .prepare(`select person_id from ${table} where token_hash = ?`)
          .pluck()
          .get(createHash('sha256').update(secret).digest('base64url')) as number | undefined)
  const person = find('session', session) ?? find('api_token', token)
  if (person === undefined) return false
  const place = placeOf(sqlite, tenant_id)
  const model = readModel(sqlite, now, { tenant_id: place, person_id: person })
  return can(model, person, 'tenant.view', place)
}

/**
 * Watches every mail: a mailer that lists in `leaks` those in which somebody is told a canary of a
 * tenant that nobody of the address may see, other than by the address itself.
 */
export const watchMails = (mailer: Mailer, leaks: string[], now: () => string, path: string) => ({
  ...mailer,
  send(message: Message) {
    const known = canariesIn(message.to)
    for (const tenant_id of canariesIn(JSON.stringify(message)))
      if (!known.has(tenant_id) && !mayBeTold(path, now(), message.to, tenant_id))
        leaks.push(`the mail “${message.subject}” tells a canary of tenant ${tenant_id}`)
    return mailer.send(message)
  },
})

function mayBeTold(path: string, now: string, email: string, tenant_id: number) {
  const sqlite = openConnection(path, { readonly: true })
  try {
    const model = readModel(sqlite, now)
    const people = sqlite.prepare('select id from person where email_key = ?').pluck()
    const place = placeOf(sqlite, tenant_id)
    return (people.all(email.toLowerCase()) as number[]).some((person) =>
      can(model, person, 'tenant.view', place),
    )
  } finally {
    sqlite.close()
  }
}

/** A tenant, or if it is deleted the one that it was in: its history is that one's to see. */
function placeOf(sqlite: Database.Database, id: number): number {
  if (sqlite.prepare('select 1 from tenant where id = ?').get(id)) return id
  const last = sqlite
    .prepare(
      `select json_extract(before, '$.parent_id') from change
      where table_name = 'tenant' and row_id = ? and after is null order by id desc`,
    )
    .pluck()
    .get(id) as number
  return placeOf(sqlite, last)
}
