import type { FastifyInstance } from 'fastify'
import { visibleScope } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { importRoutes } from '../../jobs/import-routes.ts'
import { openCsv } from '../../web/csv/text.ts'
import { DOWNLOAD_MS, sendFile } from '../../web/download.ts'
import { readFilter } from '../list.ts'
import { resolveFilter } from '../list-routes.ts'
import { peopleImport } from './job.ts'
import { columns } from './row.ts'
import { writeCsv } from './write.ts'

/** The pages that bring people in from a CSV file, and the file that takes them out. */
export function personCsvRoutes(app: FastifyInstance, db: Db) {
  app.get(
    '/people/export.csv',
    { config: { permission: 'person.export', scope: 'anywhere' }, handlerTimeout: DOWNLOAD_MS },
    async ({ actor, query }, reply) => {
      const filter = await resolveFilter(db, actor, readFilter(query))
      const within = visibleScope(actor, 'person.export')
      const file = { name: 'people', ending: 'csv', now: db.now() } as const
      return sendFile(reply, file, writeCsv(db, actor, { ...filter, within }))
    },
  )

  importRoutes(app, db, {
    permission: 'person.import',
    kind: peopleImport.name,
    open: (source) => openCsv(source, columns),
    page: {
      path: '/people/import',
      list: { path: '/people', label: 'People' },
      section: 'people',
      nouns: 'people',
      columns: [
        {
          name: 'email',
          meaning: 'Required. With the tenant it finds the person that a line is about.',
        },
        { name: 'name', meaning: 'Required for new people.' },
        {
          name: 'tenant',
          meaning: 'A slug, or a path such as Acme / Leeds office. Empty is your own tenant.',
        },
        { name: 'role', meaning: 'The name of a role. Empty is none: the person cannot sign in.' },
        { name: 'active', meaning: 'yes or no.' },
      ],
      note: 'An existing person keeps what the file has no column for, and is never moved by a file. Nobody is invited by it.',
    },
  })
}
