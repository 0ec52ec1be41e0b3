import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { type Tx, operation, preview } from '../db/operation.ts'
import type { Api } from '../web/api.ts'
import { Nothing } from '../web/api-schemas.ts'
import { inVersion } from '../web/version.ts'
import {
  CatalogueEntry,
  ImpactResource,
  PreferenceInput,
  PreferenceParams,
  PreferenceResource,
  PreferencesQuery,
  PreferencesResource,
  SetQuery,
  TenantParams,
  UnsetQuery,
} from './api-schemas.ts'
import { getPreference } from './catalogue.ts'
import { requireEditing, setPreference, unsetPreference } from './commands.ts'
import { type EntryDraft, toDraft } from './entry.ts'
import { exemptionApi } from './exemption-api.ts'
import { measureImpact } from './impact.ts'
import { getPreferenceInEffect, getPreferences } from './queries.ts'
import {
  describeCatalogue,
  describeImpact,
  describePreference,
  describePreferences,
} from './resource.ts'

const tags = ['preferences']

/** Preferences as JSON: the catalogue, what is in effect, and what each tenant says of it. */
export function preferenceApi(api: Api, db: Db) {
  readingApi(api, db)
  settingApi(api, db)
  unsettingApi(api, db)
  exemptionApi(api, db)
}

function readingApi(api: Api, db: Db) {
  api.get(
    '/preferences',
    {
      config: { permission: 'preference.view', scope: 'anywhere' },
      schema: {
        operationId: 'listPreferences',
        summary: 'The catalogue: every preference there is',
        tags,
        response: { 200: z.array(CatalogueEntry) },
      },
    },
    () => describeCatalogue(),
  )

  api.get(
    '/tenants/:id/preferences',
    {
      config: { permission: 'preference.view', scope: 'tenant' },
      schema: {
        operationId: 'getTenantPreferences',
        summary: 'What is in effect for a tenant, and why',
        tags,
        params: TenantParams,
        querystring: PreferencesQuery,
        response: { 200: PreferencesResource },
      },
    },
    async ({ actor, params, query }) =>
      describePreferences(await getPreferences(db, actor, params.id, db.now(), query)),
  )
}

function settingApi(api: Api, db: Db) {
  api.put(
    '/tenants/:id/preferences/:key',
    {
      config: { permission: 'preference.edit', scope: 'tenant' },
      schema: {
        operationId: 'setTenantPreference',
        summary: 'Set a preference at a tenant, or reset it to factory',
        tags,
        params: PreferenceParams,
        querystring: SetQuery,
        body: PreferenceInput,
        response: { 200: z.union([PreferenceResource, ImpactResource]) },
      },
    },
    async ({ actor, params: { id, key }, query, body: { version, ...input } }) => {
      const draft = toDraft(input)
      const set = async (tx: Tx) => {
        const { tenant, locking } = await requireEditing(tx, actor, id)
        await requireVersion(tx, actor, id, key, version)
        await setPreference(tx, tenant, key, draft, { locking })
      }
      if (query.preview) return measure(db, actor, { id, key }, draft, set, query.regions_from)
      return operation(db, actor, 'preference.set', async (tx) => {
        await set(tx)
        return describePreference(await getPreferenceInEffect(tx, actor, id, tx.operation.at, key))
      })
    },
  )
}

function unsettingApi(api: Api, db: Db) {
  api.delete(
    '/tenants/:id/preferences/:key',
    {
      config: { permission: 'preference.edit', scope: 'tenant' },
      schema: {
        operationId: 'unsetTenantPreference',
        summary: "Take a tenant's own entry away, so that it inherits again",
        tags,
        params: PreferenceParams,
        querystring: UnsetQuery,
        response: { 200: ImpactResource, 204: Nothing },
      },
    },
    async ({ actor, params: { id, key }, query }, reply) => {
      const unset = async (tx: Tx) => {
        const { tenant, locking } = await requireEditing(tx, actor, id)
        await requireVersion(tx, actor, id, key, query.version)
        await unsetPreference(tx, tenant, key, { locking })
      }
      if (query.preview) return measure(db, actor, { id, key }, null, unset, query.regions_from)
      const { own } = await getPreferenceInEffect(db, actor, id, db.now(), key)
      if (own || query.version) await operation(db, actor, 'preference.unset', unset)
      return reply.code(204).send(null)
    },
  )
}

/** Refuses a change by whoever saw another version of the entry, and shows what is there now. */
async function requireVersion(
  tx: Tx,
  actor: Actor,
  id: number,
  key: string,
  version: number | undefined,
) {
  const in_effect = await getPreferenceInEffect(tx, actor, id, tx.operation.at, key)
  inVersion(describePreference(in_effect), in_effect.preference.label, version)
}

/** What a change would do. Tried first and taken back, so that it refuses what saving would. */
async function measure(
  db: Db,
  actor: Actor,
  { id, key }: { id: number; key: string },
  entry: EntryDraft | null,
  change: (tx: Tx) => Promise<void>,
  regions_from: number,
) {
  await preview(db, actor, change)
  const impact = await measureImpact(db, actor, id, getPreference(key), { entry }, db.now())
  return describeImpact(impact, regions_from)
}
