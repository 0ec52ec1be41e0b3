import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { type Reader, writeHistoryCsv, writeHistoryJson } from './export.ts'
import { readFilter } from './filter.ts'

const ONE_HOUR_MS = 3_600_000

const FORMATS = {
  csv: { write: writeHistoryCsv, type: 'text/csv; charset=utf-8; header=present' },
  json: { write: writeHistoryJson, type: 'application/json; charset=utf-8' },
} as const

/** The history as a file: what the filter in the address leaves of it. */
export function exportRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'history.view', scope: 'anywhere' } as const
  for (const [name, { write, type }] of Object.entries(FORMATS))
    app.get(
      `/history/export.${name}`,
      { config, handlerTimeout: ONE_HOUR_MS },
      async (request, reply) => {
        const { form, filter } = await readFilter(db, request.actor, request.query)
        if (!filter) throw new Invalid(form.errors)
        const file = `history-${db.now().slice(0, 10)}.${name}`
        return reply
          .type(type)
          .header('content-disposition', `attachment; filename="${file}"`)
          .send(Readable.from(write(db, readerOf(request), filter)))
      },
    )
}

const readerOf =
  (request: FastifyRequest): Reader =>
  async () =>
    (await request.isStillAdmitted()) ? request.actor : null
