import { Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Db } from '../../db/connection.ts'
import { Invalid } from '../../errors.ts'
import { draftJob } from '../../jobs/commands.ts'
import { freshForm } from '../../web/form.ts'
import { readFilter } from '../list.ts'
import { csvImport } from './job.ts'
import { openCsv } from './text.ts'
import { views } from './views.ts'
import { writeCsv } from './write.ts'

const MAX_FILE_MIB = 32
const MAX_FILE_BYTES = MAX_FILE_MIB * 1024 * 1024
const ONE_HOUR_MS = 3_600_000

/** The pages that bring tenants in from a CSV file, and the file that takes them out. */
export function csvRoutes(app: FastifyInstance, db: Db) {
  app.get(
    '/tenants/export.csv',
    { config: { permission: 'tenant.export', scope: 'anywhere' }, handlerTimeout: ONE_HOUR_MS },
    async ({ actor, query }, reply) =>
      reply
        .type('text/csv; charset=utf-8; header=present')
        .header(
          'content-disposition',
          `attachment; filename="tenants-${db.now().slice(0, 10)}.csv"`,
        )
        .send(Readable.from(writeCsv(db, actor, readFilter(query)))),
  )

  app.get(
    '/tenants/import',
    { config: { permission: 'tenant.import', scope: 'anywhere' } },
    (_request, reply) => reply.page(views.import({ form: freshForm() })),
  )
  // Only this route takes files: elsewhere a multipart body is refused.
  app.register(async (uploads) => {
    await uploads.register(multipart, {
      limits: {
        fileSize: MAX_FILE_BYTES,
        fieldSize: MAX_FILE_BYTES,
        files: 1,
        fields: 1,
        parts: 2,
      },
      throwFileSizeLimit: false,
    })
    acceptImport(uploads, db)
  })
}

function acceptImport(app: FastifyInstance, db: Db) {
  app.post(
    '/tenants/import',
    { config: { permission: 'tenant.import', scope: 'anywhere' } },
    async (request, reply) => {
      const sent: Upload = { file: null, name: '', pasted: '', too_large: false }
      const again = (status: number, errors: Record<string, string>) =>
        reply.code(status).page(views.import({ form: { values: { pasted: sent.pasted }, errors } }))
      try {
        await readUpload(request, sent)
        if (sent.too_large)
          return again(413, {
            file: `The file is larger than ${MAX_FILE_MIB} MiB. Cut it into several.`,
          })
        const csv = openCsv(sent.file ?? sent.pasted).text
        const title = `Import tenants from ${sent.file ? sent.name : 'pasted text'}`
        const id = await draftJob(db, request.actor, {
          kind: csvImport.name,
          title,
          input: { csv },
          size: countLines(csv),
        })
        return reply.redirect(`/jobs/${id}`, 303)
      } catch (error) {
        if (!(error instanceof Invalid)) throw error
        return again(422, sent.file || !sent.pasted ? error.fields : { pasted: error.fields.file! })
      }
    },
  )
}

function countLines(text: string) {
  let count = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}

type Upload = { file: Buffer | null; name: string; pasted: string; too_large: boolean }

/**
 * Reads the form into `upload`: a file that was chosen, else the text that was pasted. Throws
 * Invalid when it is none, or ends before its end.
 */
async function readUpload(request: FastifyRequest, upload: Upload) {
  if (!request.isMultipart()) throw new Invalid({ file: 'Send the file as a form does.' })
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file') {
        const bytes = await part.toBuffer()
        upload.too_large ||= part.file.truncated
        // A form without a file sends an empty one that has no name.
        if (bytes.length > 0 || part.filename)
          Object.assign(upload, { file: bytes, name: shorten(part.filename) })
      } else if (part.fieldname === 'pasted') {
        upload.too_large ||= part.valueTruncated
        upload.pasted = String(part.value)
      }
    }
  } catch (error) {
    if (!isMangled(error)) throw error
    throw new Invalid({ file: 'The file did not arrive whole. Choose it and send it again.' })
  }
}

/** Whether the parser of forms gave up. Its errors have no code, unlike all others here. */
const isMangled = (error: unknown) =>
  error instanceof Error && !('code' in error) && !('statusCode' in error)

const shorten = (name: string | undefined) => (name ?? '').slice(0, 100) || 'a file'
