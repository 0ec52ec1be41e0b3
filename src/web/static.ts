import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { readAsset } from './assets.ts'
import { iconSprite } from './icons.ts'

type StaticFile = {
  type: string
  plain: Buffer
  url: string
  /** The file compressed in each way that somebody has asked for. */
  compressed: Partial<Record<Encoding, Promise<Buffer>>>
}

type Encoding = keyof typeof compress

/** What the browser loads: each made of the parts that it is made of, in order, at start. */
const sources: Record<string, { type: string; read: () => string }> = {
  'app.css': {
    type: 'text/css; charset=utf-8',
    read: () =>
      join(['public/layers.css', 'node_modules/basecoat-css/dist/basecoat.cdn.min.css', ...styles]),
  },
  'app.js': {
    type: 'text/javascript; charset=utf-8',
    read: () => join(['node_modules/htmx.org/dist/htmx.min.js', ...scripts]),
  },
  'theme.js': { type: 'text/javascript; charset=utf-8', read: () => readAsset('public/theme.js') },
  'icons.svg': { type: 'image/svg+xml', read: iconSprite },
  'favicon.svg': { type: 'image/svg+xml', read: () => readAsset('public/favicon.svg') },
}

const styles = [
  'public/base.css',
  'public/frame.css',
  'public/pieces.css',
  'public/forms.css',
  'public/notices.css',
  'public/access.css',
  'public/factors.css',
  'public/lists.css',
  'public/tenants.css',
  'public/tree-levels.css',
  'public/computers.css',
  'public/pages.css',
  'public/history.css',
  'public/search.css',
  'public/preferences.css',
  'public/chain.css',
  'public/entry.css',
  'public/jobs.css',
  'public/people.css',
  'public/roles.css',
  'public/maintenance.css',
  'public/schedules.css',
]

const scripts = [
  'public/app.js',
  'public/treegrid.js',
  'public/selection.js',
  'public/combobox.js',
  'public/chips.js',
  'public/palette.js',
  'public/preferences.js',
  'public/jobs.js',
  'public/passkeys.js',
]

const join = (paths: string[]) =>
  paths.map((path) => readAsset(path).replace(/\n?\/[/*]# sourceMappingURL=.*$/m, '')).join('\n')

let files: Map<string, StaticFile> | undefined

/** Reads every static file, once per process. */
function staticFiles() {
  files ??= new Map(
    Object.entries(sources).map(([name, { type, read }]) => {
      const plain = Buffer.from(read())
      const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 10)
      return [name, { type, plain, url: `/public/${hash}/${name}`, compressed: {} }]
    }),
  )
  return files
}

const compress = {
  br: (plain: Buffer) =>
    promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (plain: Buffer) => promisify(gzip)(plain, { level: 9 }),
}

/** The address of a static file. It changes with the content, so browsers may keep it for good. */
export function asset(name: string) {
  const file = staticFiles().get(name)
  if (!file) throw new Error(`no static file is called ${name}`)
  return file.url
}

/**
 * Serves the static files, compressed as the browser likes: once for each way, when first asked,
 * on another thread. Doing it at start would keep the server from answering for longer.
 */
export function serveStatic(app: FastifyInstance) {
  for (const { url, type, plain, compressed } of staticFiles().values()) {
    app.get(url, { config: { permission: 'public' } }, async (request, reply) => {
      const encoding = chooseEncoding(request.headers['accept-encoding'] ?? '')
      reply
        .type(type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('vary', 'accept-encoding')
      if (!encoding) return reply.send(plain)
      const body = await (compressed[encoding] ??= compress[encoding](plain))
      return reply.header('content-encoding', encoding).send(body)
    })
  }
}

function chooseEncoding(accepted: string): Encoding | null {
  if (/\bbr\b/.test(accepted)) return 'br'
  return /\bgzip\b/.test(accepted) ? 'gzip' : null
}
