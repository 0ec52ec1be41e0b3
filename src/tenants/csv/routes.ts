import type { FastifyInstance } from 'fastify'
import type { Db } from '../../db/connection.ts'
import { importRoutes } from '../../jobs/import-routes.ts'
import { openCsv } from '../../web/csv/text.ts'
import { DOWNLOAD_MS, sendFile } from '../../web/download.ts'
import { readFilter } from '../list.ts'
import { csvImport } from './job.ts'
import { columns } from './row.ts'
import { writeCsv } from './write.ts'

/** The pages that bring tenants in from a CSV file, and the file that takes them out. */
export function csvRoutes(app: FastifyInstance, db: Db) {
  app.get(
    '/tenants/export.csv',
    { config: { permission: 'tenant.export', scope: 'anywhere' }, handlerTimeout: DOWNLOAD_MS },
    async ({ actor, query }, reply) => {
      const file = { name: 'tenants', ending: 'csv', now: db.now() } as const
      return sendFile(reply, file, writeCsv(db, actor, readFilter(query)))
    },
  )

  importRoutes(app, db, {
    permission: 'tenant.import',
    kind: csvImport.name,
    open: (source) => openCsv(source, columns),
    page: {
      path: '/tenants/import',
      list: { path: '/tenants', label: 'Tenants' },
      section: 'tenants',
      nouns: 'tenants',
      columns: [
        { name: 'name', meaning: 'Required.' },
        {
          name: 'parent',
          meaning: 'A slug, or a path such as Acme / Leeds office. Empty is All tenants.',
        },
        {
          name: 'kind',
          meaning: 'msp, client, branch_office, department, division or location.',
        },
        { name: 'description', meaning: 'Any text.' },
        {
          name: 'slug',
          meaning:
            'Finds the tenant that a line is about; without it, name and parent do. A new tenant gets one by itself.',
        },
        { name: 'active', meaning: 'yes or no.' },
      ],
      note: 'An existing tenant keeps what the file has no column for.',
    },
  })
}
