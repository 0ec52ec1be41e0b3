import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** How long a file may take to be fetched: much longer than a page, in milliseconds. */
export const DOWNLOAD_MS = 3_600_000

const types = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
} as const

/** Sends a file as its parts are made: "tenants-2026-11-24.csv". `now` is an instant. */
export const sendFile = (
  reply: FastifyReply,
  { name, ending, now }: { name: string; ending: keyof typeof types; now: string },
  parts: AsyncIterable<string>,
) =>
  reply
    .type(types[ending])
    .header('content-disposition', `attachment; filename="${name}-${now.slice(0, 10)}.${ending}"`)
    .send(Readable.from(parts))
