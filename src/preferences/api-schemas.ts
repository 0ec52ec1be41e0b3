import { z } from 'zod'
import { Flag, Instant, InstantText, TenantIdText } from '../web/api-schemas.ts'
import { wholeText } from '../web/numbers.ts'
import { catalogue } from './catalogue.ts'
import { EntryInput } from './entry.ts'

const keys = catalogue.map(({ key }) => key) as [string, ...string[]]

/** A preference by its name in the catalogue. */
export const PreferenceKey = z.enum(keys, 'The catalogue has no preference of this name.')

/** One entry of the catalogue. */
export const CatalogueEntry = z
  .strictObject({
    key: z.string(),
    group: z.string(),
    label: z.string(),
    help: z.string(),
    schema: z.looseObject({}).describe('JSON Schema (2020-12) of a value.'),
    unit: z.string().nullable().describe('What a number counts.'),
    factory: z.unknown().describe('The value where no tenant says anything.'),
    merge: z.enum(['replace', 'list']).describe('How an entry meets what it inherits.'),
  })
  .meta({ id: 'CatalogueEntry' })

export const PreferencesQuery = z.strictObject({
  as_of: InstantText.optional().describe('Shows what was in effect then; without it, now.'),
  key: PreferenceKey.optional(),
})

export const TenantParams = z.strictObject({ id: TenantIdText })

export const PreferenceParams = z.strictObject({ id: TenantIdText, key: PreferenceKey })

const version = z
  .int('Give a version.')
  .min(0, 'Give a version.')
  .optional()
  .describe('Of the own entry, 0 for none. When it has another by now: refused (409).')

const [value, reset, list] = EntryInput.options

/** What sets a preference. */
export const PreferenceInput = z.union(
  [value.extend({ version }), reset.extend({ version }), list.extend({ version })],
  'Send a value, or reset, or add and remove; and a lock if you like.',
)

export const SetQuery = z.strictObject({
  preview: Flag.describe('Answers what would change, and changes nothing.'),
  regions_from: wholeText(0, Number.MAX_SAFE_INTEGER, 'Give a number of regions to pass over.')
    .default(0)
    .describe('With `preview`: how many regions to pass over.'),
})

export const UnsetQuery = SetQuery.extend({
  version: wholeText(0, Number.MAX_SAFE_INTEGER, 'Give a version.')
    .optional()
    .describe('As in the body that sets a preference.'),
})

const Scalar = z.union([z.string(), z.number(), z.boolean()])

const Bounds = z.strictObject({
  min: Scalar.optional(),
  max: Scalar.optional(),
  allowed: z.array(Scalar).optional(),
})

/** A node above; without its id where it is one that the reader may not see. */
const Node = { tenant_id: z.int().nullable(), name: z.string() }

const ExemptionFacts = z.strictObject({
  id: z.int().nullable(),
  tenant_id: z.int().nullable(),
  lock_tenant_id: z.int().nullable(),
  reason: z.string(),
  ticket: z.string(),
  expires_at: Instant.nullable(),
  by: z.string().nullable(),
  at: Instant.nullable(),
})

const ChainEntry = z
  .strictObject({
    ...Node,
    entry: z.union([
      z.strictObject({ value: z.unknown() }),
      z.strictObject({ reset: z.literal(true) }),
      z.strictObject({ add: z.array(z.unknown()), remove: z.array(z.unknown()) }),
    ]),
    lock: z.union([z.null(), z.literal('fixed'), Bounds]),
    verdict: z.enum(['won', 'merged', 'overridden', 'blocked', 'locked_out', 'out_of_bounds']),
    by: z
      .string()
      .nullable()
      .describe('Null at a tenant that you may not see; so are its id and `at`.'),
    at: Instant.nullable(),
    redundant: z.boolean().describe('It stands, holds nothing below, and changes nothing.'),
    lock_state: z.enum(['in_force', 'exempted', 'expired']).nullable(),
    because: z.strictObject(Node).optional().describe('Whose lock, bounds or block it yields to.'),
    exemption: ExemptionFacts.optional().describe('What waives the lock, or once did.'),
  })
  .meta({ id: 'ChainEntry' })

/** A preference in effect, explained. */
export const PreferenceResource = z
  .strictObject({
    key: z.string(),
    value: z.unknown(),
    source: z.strictObject({
      tenant_id: z.int().nullable(),
      name: z.string().nullable(),
      kind: z.enum(['factory', 'here', 'inherited', 'locked', 'merged']),
    }),
    chain: z.array(ChainEntry).describe('Every entry from "All tenants" down, and its fate.'),
    locked_by: z
      .strictObject(Node)
      .nullable()
      .describe('The tenant above whose lock refuses an entry here.'),
    bounds: z.array(z.strictObject({ ...Node, bounds: Bounds })),
    version: z.int().describe("Of the tenant's own entry; 0 when it has none."),
  })
  .meta({ id: 'Preference' })
export type PreferenceResource = z.infer<typeof PreferenceResource>

export const PreferencesResource = z.strictObject({
  tenant: z.strictObject({ id: z.int(), name: z.string() }),
  as_of: Instant,
  preferences: z.array(PreferenceResource),
})

/** What a change would do. */
export const ImpactResource = z
  .strictObject({
    tenants_changing: z.int(),
    values: z.array(z.strictObject({ old: z.unknown(), new: z.unknown(), tenants: z.int() })),
    keeping: z
      .strictObject({
        overrides: z.int(),
        blocked: z.int(),
        exempt: z.int(),
        locked: z.int(),
        same: z.int(),
      })
      .describe('Tenants that keep their value, by what keeps it.'),
    put_to_sleep: z.int().describe('Entries further down that become dormant.'),
    woken: z.int().describe('Entries further down that cease to be dormant.'),
    regions: z
      .array(
        z.strictObject({
          tenant_id: z.int(),
          name: z.string(),
          tenants: z.int(),
          old: z.unknown(),
          new: z.unknown(),
          keeps: z.enum(['overrides', 'blocked', 'exempt', 'locked', 'same']).nullable(),
        }),
      )
      .describe('Branches that fare alike, those that change first: 100 from `regions_from`.'),
    regions_total: z.int(),
  })
  .meta({ id: 'Impact' })
export type ImpactResource = z.infer<typeof ImpactResource>
