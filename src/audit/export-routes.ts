import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { DOWNLOAD_MS, sendFile } from '../web/download.ts'
import { type Reader, writeHistoryCsv, writeHistoryJson } from './export.ts'
import { readFilter } from './filter.ts'

const WRITERS = { csv: writeHistoryCsv, json: writeHistoryJson } as const

/** The history as a file: what the filter in the address leaves of it. */
export function exportRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'history.view', scope: 'anywhere' } as const
  for (const ending of ['csv', 'json'] as const)
    app.get(
      `/history/export.${ending}`,
      { config, handlerTimeout: DOWNLOAD_MS },
      async (request, reply) => {
        const { form, filter } = await readFilter(db, request.actor, request.query)
        if (!filter) throw new Invalid(form.errors)
        const parts = WRITERS[ending](db, readerOf(request), filter)
        return sendFile(reply, { name: 'history', ending, now: db.now() }, parts)
      },
    )
}

const readerOf =
  (request: FastifyRequest): Reader =>
  async () =>
    (await request.isStillAdmitted()) ? request.actor : null
