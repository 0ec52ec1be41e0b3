import { createHash } from 'node:crypto'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { readAsset } from './assets.ts'
import { iconSprite } from './icons.ts'

type StaticFile = { type: string; plain: Buffer; gzip: Buffer; brotli: Buffer; url: string }

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
  'public/app.css',
  'public/access.css',
  'public/lists.css',
  'public/tenants.css',
  'public/pages.css',
  'public/preferences.css',
  'public/jobs.css',
]

const scripts = [
  'public/app.js',
  'public/treegrid.js',
  'public/selection.js',
  'public/combobox.js',
  'public/palette.js',
  'public/preferences.js',
  'public/jobs.js',
]

const join = (paths: string[]) =>
  paths.map((path) => readAsset(path).replace(/\n?\/[/*]# sourceMappingURL=.*$/m, '')).join('\n')

let files: Map<string, StaticFile> | undefined

/** Reads and compresses every static file, once per process. */
function staticFiles() {
  files ??= new Map(
    Object.entries(sources).map(([name, { type, read }]) => {
      const plain = Buffer.from(read())
      const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 10)
      const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
      const url = `/public/${hash}/${name}`
      return [name, { type, plain, gzip: gzipSync(plain, { level: 9 }), brotli, url }]
    }),
  )
  return files
}

/** The address of a static file. It changes with the content, so browsers may keep it for good. */
export function asset(name: string) {
  const file = staticFiles().get(name)
  if (!file) throw new Error(`no static file is called ${name}`)
  return file.url
}

/** Serves the static files, compressed as the browser likes. */
export function serveStatic(app: FastifyInstance) {
  for (const file of staticFiles().values()) {
    app.get(file.url, { config: { permission: 'public' } }, (request, reply) => {
      const accepted = request.headers['accept-encoding'] ?? ''
      reply
        .type(file.type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('vary', 'accept-encoding')
      if (/\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(file.brotli)
      if (/\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(file.gzip)
      return reply.send(file.plain)
    })
  }
}
