import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { Eta } from 'eta'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readAsset } from './assets.ts'
import { type Done, takeDone } from './flash.ts'
import { asset } from './static.ts'

/** A template with the values that it is to show; made by a function from `view`. */
export type Rendering = { template: string; props: object }

/** A typed name of a template: `view<Props>('tenants/list')` is a function from props. */
export const view =
  <Props extends object>(template: string) =>
  (props: Props): Rendering => ({ template, props })

/** A link of the menu; the page that it leads to calls itself by the same `section`. */
export type NavLink = { section: string; href: string; icon: string; label: string }

/** What the menu holds: at its top, and under "Show more". */
export type Menu = { top: NavLink[]; more: NavLink[] }

/** What the frame around a page shows, beside what the page itself asked for. */
export type Shell = {
  user: { name: string; tenant_name: string } | null
  /** The links that the reader may follow. */
  menu(): Menu
  /** How much at the bell the reader has not read yet. */
  unread: number
  /** The address of the page, to mark where the reader is and to come back to. */
  url: string
  /** In how many days the reader must have set up a second factor; null when there is no need. */
  second_factor_days: number | null
  /** What was just done. It is said once: only who shows it may take it. */
  takeDone(): Done
}

/**
 * What every template has at hand: `asset(name)`, `icons` (the address of the icon sprite), and
 * `part(name, props)`, which draws a partial from its own props alone. (Eta's `include` would let
 * it see those of the page as well.)
 */
const HEADER = `
  const asset = this.asset, icons = this.icons;
  const part = (name, props) => this.render(name, { ...props, shell: it.shell });`

const engine = Object.assign(
  new Eta({
    views: '/',
    cache: true,
    autoFilter: true,
    filterFunction: printable,
    rmWhitespace: true,
    functionHeader: HEADER,
  }),
  { asset, icons: '', resolvePath: templateName, readFile: readTemplate },
)

/** A template that prints a missing value, or an object, is a bug, not an empty place on the page. */
function printable(value: unknown) {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  throw new Error(`a template printed what is no text: ${typeof value}`)
}

/** Views are named from `views/`, with a leading slash or without. */
function templateName(name: string) {
  return name.replace(/^\//, '')
}

function readTemplate(name: string) {
  return readAsset(`views/${name}.eta`)
}

/** The HTML of a rendering, within the frame that `shell` describes. */
export function render({ template, props }: Rendering, shell: Shell) {
  engine.icons ||= asset('icons.svg')
  return engine.render(template, { ...props, shell })
}

/** The HTML of a rendering that stands in no frame, and knows no reader: that of a mail. */
export function renderAlone({ template, props }: Rendering) {
  return engine.render(template, props)
}

declare module 'fastify' {
  interface FastifyReply {
    /** Answers with a whole page, or a fragment: the template knows which. */
    page(rendering: Rendering): FastifyReply
  }
}

/** Adds `reply.page` and compresses what it sends. `menuOf` says what whoever asks may open. */
export function servePages(app: FastifyInstance, menuOf: (request: FastifyRequest) => Menu) {
  app.decorateReply('page', function (this: FastifyReply, rendering: Rendering) {
    return sendHtml(this.request, this, render(rendering, shellOf(this.request, this, menuOf)))
  })
}

function shellOf(
  request: FastifyRequest,
  reply: FastifyReply,
  menuOf: (request: FastifyRequest) => Menu,
): Shell {
  const actor = request.actor
  return {
    user: actor ? { name: actor.name, tenant_name: actor.tenant_name } : null,
    menu: () => menuOf(request),
    unread: request.unread_count,
    url: request.url,
    second_factor_days: request.second_factor_days,
    takeDone: () => takeDone(request, reply),
  }
}

/** A fragment of a row is not worth compressing. */
const WORTH_COMPRESSING_BYTES = 2048

function sendHtml(request: FastifyRequest, reply: FastifyReply, html: string) {
  reply.type('text/html; charset=utf-8')
  if (html.length < WORTH_COMPRESSING_BYTES) return reply.send(html)
  const accepted = request.headers['accept-encoding'] ?? ''
  if (/\bbr\b/.test(accepted))
    return reply.header('content-encoding', 'br').send(brotliCompressSync(html, CHEAPEST))
  if (/\bgzip\b/.test(accepted))
    return reply.header('content-encoding', 'gzip').send(gzipSync(html, { level: 2 }))
  return reply.send(html)
}

/** At its cheapest, brotli takes half the time that gzip does, for about the same size. */
const CHEAPEST = { params: { [constants.BROTLI_PARAM_QUALITY]: 0 } }
