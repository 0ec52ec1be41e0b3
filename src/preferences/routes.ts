import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { fieldErrors, parseForm } from '../web/form.ts'
import { parseInstant } from '../web/time.ts'
import { catalogue, getPreference } from './catalogue.ts'
import { openEditor, saveEditor } from './editor.ts'
import { toRow } from './explain.ts'
import { EntryForm } from './form.ts'
import { getPreferences, listExemptions } from './queries.ts'
import { type PreferenceGroup, views } from './views.ts'

type Params = { id: string; key: string }

/** The preferences of a tenant, or of "All tenants", and the editor of each. */
export function preferenceRoutes(app: FastifyInstance, db: Db) {
  app.get<{ Params: Params; Querystring: Record<string, unknown> }>(
    '/tenants/:id/preferences',
    { config: { permission: 'preference.view' } },
    async ({ actor, params, query }, reply) => {
      const id = readTenantId(params.id)
      const as_of = readAsOf(query.as_of)
      const [head, preferences, exemptions] = await Promise.all([
        getTenantHead(db, actor, id, 'preferences'),
        getPreferences(db, actor, id, db.now(), { as_of: as_of.instant ?? undefined }),
        as_of.instant ? [] : listShownExemptions(db, actor, id),
      ])
      const groups = toGroups(preferences, id)
      return reply
        .code(as_of.error ? 422 : 200)
        .page(views.page({ head, groups, exemptions, as_of }))
    },
  )

  app.get<{ Params: Params }>(
    '/tenants/:id/preferences/:key',
    { config: { permission: 'preference.edit' } },
    async ({ actor, params, query }, reply) => {
      const form = EntryForm.safeParse(query)
      if (!form.success) throw new Invalid(fieldErrors(form.error))
      const editor = await openEditor(db, actor, readAddress(params), form.data)
      return reply.page(views.edit(editor))
    },
  )

  app.post<{ Params: Params }>(
    '/tenants/:id/preferences/:key',
    { config: { permission: 'preference.edit' } },
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

/** The moment that the page is to show; without one, now. */
function readAsOf(given: unknown) {
  const text = typeof given === 'string' ? given : ''
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

async function listShownExemptions(db: Db, actor: Actor, tenant_id: number) {
  const now = db.now()
  const exemptions = await listExemptions(db, actor, tenant_id)
  return exemptions.map((exemption) => ({
    ...exemption,
    label: getPreference(exemption.key).label,
    ended: exemption.expires_at !== null && exemption.expires_at <= now,
  }))
}
