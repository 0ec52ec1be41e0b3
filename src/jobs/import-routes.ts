import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Permission } from '../access/permissions.ts'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { type Form, freshForm } from '../web/form.ts'
import { type Rendering, view } from '../web/page.ts'
import { draftJob } from './commands.ts'

const MAX_FILE_MIB = 32
const MAX_FILE_BYTES = MAX_FILE_MIB * 1024 * 1024

/** What the page where a file is uploaded says. */
export type ImportPage = {
  /** Where the page is; the file is sent there too. */
  path: string
  /** The list to which the rows go. */
  list: { path: string; label: string }
  section: string
  nouns: string
  columns: { name: string; meaning: string }[]
  /** What else there is to know, as one paragraph. */
  note: string
}

type ImportRoutes = {
  page: ImportPage
  permission: Permission
  /** The kind of job that a file becomes. */
  kind: string
  /** Decodes a file and reads its first line. Throws Invalid about the field `file`. */
  open(source: Buffer | string): { text: string }
}

const importPage = view<ImportPage & { form: Form }>('jobs/import')

/** The page where a CSV file is uploaded, or pasted, and becomes the draft of an import. */
export function importRoutes(app: FastifyInstance, db: Db, facts: ImportRoutes) {
  const config = { permission: facts.permission, scope: 'anywhere' } as const
  const show = (form: Form): Rendering => importPage({ ...facts.page, form })
  app.get(facts.page.path, { config }, (_request, reply) => reply.page(show(freshForm())))
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
    acceptImport(uploads, db, facts, show)
  })
}

function acceptImport(
  app: FastifyInstance,
  db: Db,
  { page, permission, kind, open }: ImportRoutes,
  show: (form: Form) => Rendering,
) {
  const config = { permission, scope: 'anywhere' } as const
  app.post(page.path, { config }, async (request, reply) => {
    const sent: Upload = { file: null, name: '', pasted: '', too_large: false }
    const again = (status: number, errors: Record<string, string>) =>
      reply.code(status).page(show({ values: { pasted: sent.pasted }, errors }))
    try {
      await readUpload(request, sent)
      if (sent.too_large)
        return again(413, {
          file: `The file is larger than ${MAX_FILE_MIB} MiB. Cut it into several.`,
        })
      const csv = open(sent.file ?? sent.pasted).text
      const id = await draftJob(db, request.actor, {
        kind,
        title: `Import ${page.nouns} from ${sent.file ? sent.name : 'pasted text'}`,
        input: { csv },
        size: countLines(csv),
      })
      return reply.redirect(`/jobs/${id}`, 303)
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      return again(422, sent.file || !sent.pasted ? error.fields : { pasted: error.fields.file! })
    }
  })
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
      if (part.fieldname !== (part.type === 'file' ? 'file' : 'pasted'))
        throw new Invalid({ file: 'Send one file or one text, and nothing else.' })
      if (part.type === 'file') {
        const bytes = await part.toBuffer()
        upload.too_large ||= part.file.truncated
        // A form without a file sends an empty one that has no name.
        if (bytes.length > 0 || part.filename)
          Object.assign(upload, { file: bytes, name: shorten(part.filename) })
      } else {
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
