import { lookup as lookUp } from 'node:dns/promises'
import type * as http from 'node:http'
import { isIP } from 'node:net'

/** An address that somebody typed leads where this server does not go, or answers what it should not. */
export class Unreachable extends Error {}

type Address = { address: string; family: number }

export type SafeFetchOptions = {
  /** Whether servers may be in one's own network, and on this machine without TLS. */
  allow_private: boolean
  resolve?: (hostname: string) => Promise<Address[]>
  timeout_ms?: number
}

type Sent = {
  method?: string
  headers?: Record<string, string>
  body?: unknown
  signal?: AbortSignal | undefined
}

export type SafeFetch = (url: string, init?: Sent) => Promise<Response>

const MAX_BYTES = 1_048_576
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * A `fetch` for addresses that people type, which cannot be made to reach what is behind a wall:
 * HTTPS only, no redirects, an answer of at most 1 MiB within ten seconds. Names are resolved once,
 * and what is connected to is an address that was checked. Throws Unreachable.
 */
export function createSafeFetch({
  allow_private,
  resolve = (hostname) => lookUp(hostname, { all: true }),
  timeout_ms = 10_000,
}: SafeFetchOptions): SafeFetch {
  return async (text, { method = 'GET', headers = {}, body, signal } = {}) => {
    const url = checkedUrl(text, allow_private)
    const addresses = await resolveHost(url, resolve)
    const { reachOf } = await import('./network-address.ts')
    for (const { address } of addresses) {
      const reach = reachOf(address)
      if (reach === 'forbidden' || (reach === 'private' && !allow_private))
        throw new Unreachable(`leads to ${address}, where Tenantry does not go`)
    }
    const limit = AbortSignal.timeout(timeout_ms)
    return send(url, addresses, {
      method,
      headers,
      body: bodyText(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
  }
}

function checkedUrl(text: string, allow_private: boolean) {
  if (!URL.canParse(text)) throw new Unreachable('is no address')
  const url = new URL(text)
  if (url.username || url.password) throw new Unreachable('has a name or a password in it')
  const plain_is_fine = allow_private && LOOPBACK.has(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && plain_is_fine))
    throw new Unreachable('does not begin with https://')
  return url
}

async function resolveHost(url: URL, resolve: Required<SafeFetchOptions>['resolve']) {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(host)
  if (family) return [{ address: host, family }]
  const found = await resolve(host).catch(() => [])
  if (found.length === 0) throw new Unreachable(`names a server (${host}) that is not found`)
  return found
}

/** The client library sends nothing but forms. */
function bodyText(body: unknown) {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string' || body instanceof URLSearchParams) return String(body)
  throw new Error('a body that is no text')
}

type Request = {
  method: string
  headers: Record<string, string>
  body: string | undefined
  signal: AbortSignal
}

/**
 * Connects to one of the addresses, whatever the name of the host may lead to by now. Importing
 * `node:http` takes Node 40 ms, so that this does not happen at start.
 */
async function send(url: URL, addresses: Address[], { body, ...request }: Request) {
  const { request: open } = await (url.protocol === 'https:'
    ? import('node:https')
    : import('node:http'))
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const fail = (error: Error) =>
    reject(error instanceof Unreachable ? error : new Unreachable(explain(error)))
  open(url, { ...request, agent: false, lookup: always(addresses) }, (answer) => {
    readAnswer(answer).then(resolve, fail)
  })
    .on('error', fail)
    .end(body)
  return promise
}

/** A `lookup` for `node:net` that knows one answer. */
const always =
  (addresses: Address[]): NonNullable<http.RequestOptions['lookup']> =>
  (_hostname, options, done) => {
    const [first] = addresses
    if (options.all) done(null, addresses)
    else done(null, first!.address, first!.family)
  }

async function readAnswer(answer: http.IncomingMessage) {
  const status = answer.statusCode ?? 0
  if (status >= 300 && status < 400) {
    answer.destroy()
    throw new Unreachable('leads on to another address')
  }
  const parts: Buffer[] = []
  let size = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MAX_BYTES) throw new Unreachable('answers with too much')
    parts.push(part)
  }
  const headers = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  const empty = status === 204 || status === 205
  return new Response(empty ? null : Buffer.concat(parts), { status, headers })
}

function explain(error: NodeJS.ErrnoException) {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'does not answer in time'
  if (/CERT|SIGNED|ALTNAME|ISSUER/.test(error.code ?? ''))
    return 'has a certificate that is not valid'
  return 'could not be reached'
}
