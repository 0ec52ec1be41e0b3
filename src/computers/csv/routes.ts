import type { FastifyInstance } from 'fastify'
import type { Db } from '../../db/connection.ts'
import { importRoutes } from '../../jobs/import-routes.ts'
import { openCsv } from '../../web/csv/text.ts'
import { DOWNLOAD_MS, sendFile } from '../../web/download.ts'
import { readFilter } from '../list.ts'
import { resolveFilter } from '../wanted.ts'
import { computerImport } from './job.ts'
import { columns } from './row.ts'
import { writeCsv } from './write.ts'

/** The pages that bring computers in from a CSV file, and the file that takes them out. */
export function computerCsvRoutes(app: FastifyInstance, db: Db) {
  app.get(
    '/computers/export.csv',
    { config: { permission: 'computer.export', scope: 'anywhere' }, handlerTimeout: DOWNLOAD_MS },
    async ({ actor, query }, reply) => {
      const wanted = await resolveFilter(db, actor, readFilter(query))
      const file = { name: 'computers', ending: 'csv', now: db.now() } as const
      return sendFile(reply, file, writeCsv(db, actor, wanted))
    },
  )

  importRoutes(app, db, {
    permission: 'computer.import',
    kind: computerImport.name,
    open: (source) => openCsv(source, columns),
    page: {
      path: '/computers/import',
      list: { path: '/computers', label: 'Computers' },
      section: 'computers',
      nouns: 'computers',
      columns: [
        { name: 'name', meaning: 'Required.' },
        { name: 'tenant', meaning: 'A slug, or a path such as Acme / Leeds office.' },
        { name: 'kind', meaning: 'server, workstation or portable.' },
        { name: 'serial_number', meaning: 'Any text.' },
        { name: 'manufacturer', meaning: 'Any text.' },
        { name: 'model', meaning: 'Any text.' },
        { name: 'hardware_uuid', meaning: 'As the firmware reports it.' },
        { name: 'operating_system', meaning: 'Such as Windows 11 Pro.' },
        { name: 'time_zone', meaning: 'Such as Europe/Berlin.' },
        { name: 'person', meaning: 'The primary person: an e-mail address, or a name.' },
        {
          name: 'tags',
          meaning: 'Names of tags with semicolons between them. Only the computer’s own.',
        },
        {
          name: 'id',
          meaning:
            'Finds the computer that a line is about; without it, the UUID does, or the manufacturer and serial number.',
        },
      ],
      note: 'An existing computer keeps what the file has no column for, and its tenant.',
    },
  })
}
