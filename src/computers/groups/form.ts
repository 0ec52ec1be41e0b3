import { z } from 'zod'
import { NameText } from '../../web/names.ts'
import { idText, wholeText } from '../../web/numbers.ts'
import { maintenances } from '../conditions.ts'
import { computerKinds, platforms } from '../kinds.ts'
import { seenSpans } from '../seen.ts'
import { GroupFilter, groupStates } from './filter.ts'

export const GroupName = NameText()

export const GroupDescription = z
  .string('Enter one description, or none.')
  .trim()
  .max(500, 'Use 500 characters or fewer.')
  .refine((text) => text.isWellFormed(), 'There is half a character in it. Type it again.')
  .refine((text) => !/[^\P{Cc}\n\r\t]/u.test(text), 'Leave out control characters.')

const TenantText = z.string('Choose one tenant.').trim().max(10_000, 'This path is too long.')

const orAny = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z
    .enum(['', ...values], 'Choose from the list.')
    .transform((value) => (value === '' ? null : (value as Values[number])))

const fields = {
  name: GroupName,
  description: GroupDescription,
  state: z.enum(groupStates, 'Choose from the list.'),
  q: GroupFilter.shape.q,
  /** The tenant that the filter names, as it is typed or chosen. */
  filter_tenant: TenantText,
  only: z.literal('on', 'Tick this, or do not.').optional(),
  tag: z.union([z.literal('').transform(() => null), idText()], 'Choose a tag from the list.'),
  kind: orAny(computerKinds),
  platform: orAny(platforms),
  seen: orAny(seenSpans),
  maintenance: orAny(maintenances),
}

/** What the page "New group" sends. */
export const NewGroupForm = z.strictObject({ ...fields, tenant: TenantText })

/** What the page "Edit" sends. Whose a group is stays. */
export const EditGroupForm = z.strictObject({
  ...fields,
  version: wholeText(1, Number.MAX_SAFE_INTEGER, 'Open this page again.'),
})

type Typed = Omit<z.infer<typeof EditGroupForm>, 'version'>

/** What a form says of the group, once it is known which tenant it means. */
export function inputOf({ name, description, ...typed }: Typed, tenant_id: number | null) {
  const { state, q, tag, kind, platform, seen, maintenance } = typed
  const filter = GroupFilter.parse({
    state,
    q,
    tenant_id,
    tag_id: tag,
    kind,
    platform,
    seen,
    maintenance,
    without_children: tenant_id !== null && typed.only === 'on',
  })
  return { name, description, filter }
}

/** The fields that say a filter, as text; its tenant as it is written. */
export const filterValues = (filter: GroupFilter, tenant: string): Record<string, string> => ({
  state: filter.state,
  q: filter.q,
  filter_tenant: tenant,
  only: filter.without_children ? 'on' : '',
  tag: String(filter.tag_id ?? ''),
  kind: filter.kind ?? '',
  platform: filter.platform ?? '',
  seen: filter.seen ?? '',
  maintenance: filter.maintenance ?? '',
})
