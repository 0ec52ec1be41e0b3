import type { InjectOptions } from 'fastify'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL } from '../support/world.ts'

/** A request as it was sent for Acme: without what proves who sent it. */
export type Sent = {
  method: string
  url: string
  headers: Record<string, string>
  payload?: string | undefined
}

const IDS = new RegExp(`(?<=[/,=])(?:${[ACME, ACME_LEEDS, ACME_LEGAL].join('|')})(?=[/,&?]|$)`)

/** Other ways to say whom it is about, beside the one that the route goes by. */
const SAID_IN_QUERY = ['id', 'tenant_id', 'tenant', 'parent', 'parent_id'].flatMap((name) => [
  `${name}=${RIVAL}`,
  `${name}=${RIVAL}&${name}=${ACME}`,
])

const SAID_IN_HEADERS: Record<string, string>[] = [
  { 'x-tenant-id': String(RIVAL) },
  { 'x-original-url': `/tenants/${RIVAL}` },
  { 'x-rewrite-url': `/tenants/${RIVAL}` },
  { 'x-http-method-override': 'GET' },
  { 'x-forwarded-user': 'alice@northwind.example' },
]

const FIELDS = ['id', 'tenant_id', 'tenant', 'parent', 'parent_id', 'ids', 'person_id']

/** What may stand where a tenant or a list of them is meant. */
const VALUES = ['', String(RIVAL), `${RIVAL},${ACME}`, `${ACME},${ACME}`, 'Rival', 'Acme', 'null']

/** The request as it is, and in all the ways in which it contradicts itself. */
export function contradictions(sent: Sent): Sent[] {
  const own = sent.url.replace(IDS, String(RIVAL))
  const and = (url: string, query: string) => `${url}${url.includes('?') ? '&' : '?'}${query}`
  return [
    sent,
    ...(own === sent.url ? [] : [{ ...sent, url: own }]),
    ...SAID_IN_QUERY.map((query) => ({ ...sent, url: and(sent.url, query) })),
    ...SAID_IN_HEADERS.map((more) => ({ ...sent, headers: { ...sent.headers, ...more } })),
    ...bodies(sent).flatMap((payload) => [
      { ...sent, payload },
      ...(own === sent.url ? [] : [{ ...sent, url: own, payload }]),
    ]),
  ]
}

function bodies({ headers, payload }: Sent): string[] {
  if (headers['content-type']?.includes('form-urlencoded')) return forms(payload ?? '')
  if (headers['content-type']?.includes('json')) return objects(JSON.parse(payload!) as object)
  return []
}

function forms(payload: string): string[] {
  const fields = [...new URLSearchParams(payload)]
  const encode = (pairs: string[][]) => new URLSearchParams(pairs).toString()
  const without = (name: string) => fields.filter(([one]) => one !== name)
  return [
    ...FIELDS.flatMap((name) => VALUES.map((value) => encode([...without(name), [name, value]]))),
    ...fields.map(([name, value]) => encode([...fields, [name, value]])),
    ...fields.map(([name]) => encode(without(name))),
  ]
}

function objects(body: object): string[] {
  const ids = [RIVAL, ACME, null, [], [RIVAL, ACME], [ACME, ACME], String(ACME)]
  return [
    ...FIELDS.flatMap((name) => ids.map((value) => JSON.stringify({ ...body, [name]: value }))),
    ...Object.entries(body).map(([name, value]) =>
      JSON.stringify({ ...body, [name]: [value, value] }),
    ),
    JSON.stringify([body]),
  ]
}

/** What `inject` was given, as far as it says what was sent. */
export function readSent({ method = 'GET', url, headers = {}, payload }: InjectOptions): Sent {
  const kept = Object.entries(headers).filter(
    ([name]) => !['cookie', 'authorization', 'idempotency-key'].includes(name.toLowerCase()),
  )
  const is_json = payload !== undefined && typeof payload === 'object' && !Buffer.isBuffer(payload)
  return {
    method,
    url: url as string,
    headers: {
      ...(Object.fromEntries(kept) as Record<string, string>),
      ...(is_json && { 'content-type': 'application/json' }),
    },
    payload: is_json ? JSON.stringify(payload) : (payload as string | undefined),
  }
}
