import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { Test } from 'tap'
import { createSealer } from '../../src/access/sealing.ts'
import { type AppOptions, buildApp } from '../../src/app.ts'
import { type Db, openDatabase } from '../../src/db/connection.ts'
import { noMailer } from '../../src/mail/mailer.ts'
import { watchForLeaks, watchMails } from './canaries.ts'
import { scratchFolder } from './scratch.ts'
import { plantSeed, START } from './seed.ts'

export { ACME, ACME_LEEDS, ACME_LEGAL, ALICE_PASSWORD, NORTHWIND, RIVAL, START } from './seed.ts'

/** How every application in the tests is built. */
export const appOptions = {
  log_level: 'silent',
  sealer: createSealer(() => Buffer.alloc(32, 'a key for tests')),
}

const folder = scratchFolder()
const seed = plantSeed(folder)
let worlds = 0

export type WorldOptions = {
  patience_ms?: number
  app?: Partial<AppOptions>
  /** The database of another world, of which this one is a copy. */
  copy_of?: string
}

/**
 * A database of the test's own with the cast in it, the application on it, and its people signed
 * in. `clock.now` may be set; it stands still otherwise. `patience_ms` is that of `openDatabase`.
 */
export async function world(t: Test, options: WorldOptions = {}) {
  const { database, alice } = await seed
  const path = join(folder, `world-${++worlds}.db`)
  const original = options.copy_of ?? database
  for (const ending of ['', '.audit-head']) copyFileSync(original + ending, path + ending)
  const clock = { now: START }
  const db = openDatabase(path, () => clock.now, options)
  const leaks: string[] = []
  const mailer = watchMails(options.app?.mailer ?? noMailer, leaks, () => clock.now, path)
  const app = await buildApp(db, { ...appOptions, ...options.app, mailer })
  await app.ready()
  const unwatch = watchForLeaks(app, leaks, () => clock.now, path)
  t.teardown(async () => {
    await app.close()
    unwatch()
    await db.close()
    if (leaks.length > 0) throw new Error(leaks.join('\n'))
  })
  return {
    /** Answers and mails in which somebody was shown what belongs to a tenant that they may not see. */
    leaks,
    app,
    db,
    path,
    clock,
    actor: alice.actor,
    /** The secret of Alice's session, as her cookie holds it. */
    session: alice.session,
    alice: browser(app, alice.session),
    anonymous: browser(app),
    api: apiClient(app, alice.token),
  }
}

type Fields = Record<string, string | string[]>

/** Sends requests as a browser would: same site, with the cookie, forms url-encoded. */
export function browser(app: FastifyInstance, session?: string) {
  const headers = {
    'sec-fetch-site': 'same-origin',
    accept: 'text/html',
    ...(session && { cookie: `session=${session}` }),
  }
  return {
    headers,
    get: (url: string) => app.inject({ method: 'GET', url, headers }),
    post: (url: string, fields: Fields = {}) =>
      app.inject({
        method: 'POST',
        url,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        payload: encode(fields),
      }),
    send: (options: InjectOptions) =>
      app.inject({ ...options, headers: { ...headers, ...options.headers } }),
  }
}

function encode(fields: Fields) {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) form.append(name, one)
  return form.toString()
}

/** Sends requests as a program with an API token would. */
export function apiClient(app: FastifyInstance, token: string) {
  const call =
    (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE') =>
    (path: string, payload?: object, headers: Record<string, string> = {}) =>
      app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(payload && { payload }),
      })
  return {
    token,
    get: call('GET'),
    post: call('POST'),
    put: call('PUT'),
    patch: call('PATCH'),
    delete: call('DELETE'),
  }
}

export type World = Awaited<ReturnType<typeof world>>
export type { Db }
