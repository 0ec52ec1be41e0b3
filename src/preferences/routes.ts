import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Invalid, NotFound } from '../errors.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { parseForm } from '../web/form.ts'
import { readQuery } from '../web/query.ts'
import { parseInstant } from '../web/time.ts'
import { catalogue, getPreference } from './catalogue.ts'
import { openEditor, openImpact, saveEditor } from './editor.ts'
import { listExemptions } from './exemptions.ts'
import { toRow } from './explain.ts'
import { EntryForm } from './form.ts'
import { getPreferences, rightsOver } from './queries.ts'
import { type PreferenceGroup, views } from './views.ts'

type Params = { id: string; key: string }

const WholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'This is not a place in the list.')
  .transform(Number)

const PageQuery = z.strictObject({
  as_of: z.string('Give one moment.').max(100).default(''),
  /** The exemptions before this one. */
  older: WholeNumber.optional(),
})

/** A change as the editor sends it, and how many of the tenants it concerns to pass over. */
const ImpactQuery = EntryForm.extend({ from: WholeNumber.default(0) })

const NO_EXEMPTIONS = { shown: [], older: null }

/** The preferences of a tenant, or of "All tenants", and the editor of each. */
export function preferenceRoutes(app: FastifyInstance, db: Db) {
  pageRoute(app, db)
  editorRoutes(app, db)
}

function pageRoute(app: FastifyInstance, db: Db) {
  app.get<{ Params: Params; Querystring: Record<string, unknown> }>(
    '/tenants/:id/preferences',
    { config: { permission: 'preference.view', scope: 'tenant' } },
    async ({ actor, params, query }, reply) => {
      const id = readTenantId(params.id)
      const { older, ...rest } = readQuery(PageQuery, query)
      const as_of = readAsOf(rest.as_of)
      const head = await getTenantHead(db, actor, id, 'preferences')
      const preferences = await readThen(db, actor, id, as_of)
      const exemptions = as_of.instant ? NO_EXEMPTIONS : await showExemptions(db, actor, id, older)
      const groups = toGroups(preferences, id)
      const rights = rightsOver(actor, preferences.nodes)
      return reply
        .code(as_of.error ? 422 : 200)
        .page(views.page({ head, groups, exemptions, as_of, rights }))
    },
  )
}

function editorRoutes(app: FastifyInstance, db: Db) {
  app.get<{ Params: Params }>(
    '/tenants/:id/preferences/:key',
    { config: { permission: 'preference.edit', scope: 'tenant' } },
    async ({ actor, params, query }, reply) => {
      const form = readQuery(EntryForm, query)
      return reply.page(views.edit(await openEditor(db, actor, readAddress(params), form)))
    },
  )

  app.get<{ Params: Params }>(
    '/tenants/:id/preferences/:key/impact',
    { config: { permission: 'preference.edit', scope: 'tenant' } },
    async ({ actor, params, query }, reply) => {
      const { from, ...form } = readQuery(ImpactQuery, query)
      return reply.page(views.impact(await openImpact(db, actor, readAddress(params), form, from)))
    },
  )

  app.post<{ Params: Params }>(
    '/tenants/:id/preferences/:key',
    { config: { permission: 'preference.edit', scope: 'tenant' } },
    async ({ actor, params, body }: FastifyRequest<{ Params: Params }>, reply) => {
      const address = readAddress(params)
      const parsed = parseForm(EntryForm, body)
      if (!parsed.ok) throw new Invalid(parsed.form.errors)
      const refused = await saveEditor(db, actor, address, parsed.input)
      if (refused) return reply.code(422).page(views.edit(refused))
      return reply.done(
        `/tenants/${address.tenant_id}/preferences#${address.key}`,
        `${getPreference(address.key).label} was updated.`,
      )
    },
  )
}

function readAddress({ id, key }: Params) {
  return { tenant_id: readTenantId(id), key: getPreference(key).key }
}

type AsOf = { text: string; instant: string | null; error: string | null }

/** What was in effect then; where the tenant did not exist yet, what is now, and that it did not. */
async function readThen(db: Db, actor: Actor, id: number, as_of: AsOf) {
  try {
    return await getPreferences(db, actor, id, db.now(), { as_of: as_of.instant ?? undefined })
  } catch (error) {
    if (!(error instanceof NotFound) || as_of.instant === null) throw error
    Object.assign(as_of, { instant: null, error: 'This tenant did not exist at that time.' })
    return getPreferences(db, actor, id, db.now())
  }
}

/** The moment that the page is to show; without one, now. */
function readAsOf(text: string): AsOf {
  if (text === '') return { text, instant: null, error: null }
  const instant = parseInstant(text) ?? null
  return {
    text,
    instant,
    error: instant ? null : 'Enter a date and a time, such as 2026-03-03T02:00.',
  }
}

function toGroups(
  { preferences }: Awaited<ReturnType<typeof getPreferences>>,
  tenant_id: number,
): PreferenceGroup[] {
  const rows = new Map(preferences.map((one) => [one.preference.key, toRow(one, tenant_id)]))
  const groups = new Map<string, PreferenceGroup>()
  for (const { key, group } of catalogue) {
    const known = groups.get(group) ?? { name: group, summary: '', rows: [] }
    known.rows.push(rows.get(key)!)
    groups.set(group, known)
  }
  for (const group of groups.values()) group.summary = summarise(group)
  return [...groups.values()]
}

function summarise({ rows }: PreferenceGroup) {
  const own = rows.filter((row) => row.is_own).length
  const locked = rows.filter((row) => row.source.kind === 'locked').length
  return [
    `${rows.length} preferences`,
    own > 0 && `${own} set here`,
    locked > 0 && `${locked} locked`,
  ]
    .filter(Boolean)
    .join(' · ')
}

async function showExemptions(db: Db, actor: Actor, tenant_id: number, before?: number) {
  const now = db.now()
  const { exemptions, older } = await listExemptions(db, actor, tenant_id, before)
  const shown = exemptions.map((exemption) => ({
    ...exemption,
    label: getPreference(exemption.key).label,
    ended: exemption.expires_at !== null && exemption.expires_at <= now,
  }))
  return { shown, older }
}
