import { z } from 'zod'
import { Flag, Instant, NextCursor, Paging, TenantIdText } from '../web/api-schemas.ts'
import { EffectiveTags, OwnTags } from '../tags/api-schemas.ts'
import { idText } from '../web/numbers.ts'
import { batchActions } from './batch/actions.ts'
import { ComputerKindInput, facts } from './form.ts'
import { computerKinds, platforms, tabs } from './kinds.ts'
import { maintenances } from './conditions.ts'
import { seenSpans } from './seen.ts'

export const ComputerParams = z.strictObject({ id: idText('Give the id of a computer.') })

/** A computer as the API shows it. */
export const ComputerResource = z
  .strictObject({
    id: z.int(),
    tenant_id: z.int(),
    name: z.string(),
    kind: z.enum(computerKinds),
    serial_number: z.string(),
    manufacturer: z.string(),
    model: z.string(),
    hardware_uuid: z.string(),
    operating_system: z.string(),
    time_zone: z.string().describe('As the IANA spells it; empty while it is not known.'),
    platform: z.enum(platforms),
    primary_person_id: z.int().nullable(),
    state: z.enum(['new', 'active', 'excluded', 'deleted']),
    stale: z.boolean().describe('Whether it has not been seen for as long as its tenant says.'),
    source: z.enum(['typed', 'imported', 'reported']),
    first_seen_at: Instant.nullable(),
    last_seen_at: Instant.nullable(),
    tags: OwnTags,
    effective_tags: EffectiveTags,
    version: z.int().describe('Rises with each change.'),
  })
  .meta({ id: 'Computer' })
export type ComputerResource = z.infer<typeof ComputerResource>

export const ComputerList = z.strictObject({
  computers: z.array(ComputerResource),
  next_cursor: NextCursor,
})

const Search = z
  .string('Give one text.')
  .max(200, 'Use 200 characters or fewer.')
  .default('')
  .describe('Part of the name, the serial number or the primary person’s name.')

export const ComputerListQuery = Paging.extend({
  tab: z.enum(tabs).default('active'),
  q: Search,
  tenant_id: TenantIdText.optional().describe('Only the computers of this tenant and below it.'),
  without_children: Flag.describe('Only those of the tenant itself.'),
  kind: ComputerKindInput.optional(),
  platform: z.enum(platforms).optional(),
  seen: z.enum(seenSpans).optional(),
  maintenance: z.enum(maintenances).optional(),
  group_id: idText('Give the id of a group.').optional().describe('Only the members of it.'),
  tag_id: idText('Give the id of a tag.')
    .optional()
    .describe('Only those that carry this tag, or that it covers.'),
})

const TenantNumber = z.int('Give the id of a tenant.').positive('Give the id of a tenant.')
const PersonNumber = z.int('Give the id of a person.').positive('Give the id of a person.')

const fact = {
  kind: facts.kind.default('workstation'),
  serial_number: facts.serial_number.default(''),
  manufacturer: facts.manufacturer.default(''),
  model: facts.model.default(''),
  hardware_uuid: facts.hardware_uuid.default(''),
  operating_system: facts.operating_system.default(''),
  time_zone: facts.time_zone.default(''),
}

export const NewComputer = z.strictObject({
  tenant_id: TenantNumber,
  name: facts.name,
  ...fact,
  primary_person_id: PersonNumber.nullable().default(null),
})

export const ComputerPatch = z
  .strictObject({
    ...facts,
    primary_person_id: PersonNumber.nullable(),
    state: z.enum(['active', 'excluded']),
    version: z.int('Give a version.').positive('Give a version.'),
  })
  .partial()
  .refine(({ version: _, ...changes }) => Object.keys(changes).length > 0, 'Say what to change.')
  .describe('What is left out stays. With `version`, refused (409) if the computer has another.')

export const ComputerBatchInput = z
  .strictObject({
    action: z.enum(batchActions),
    ids: z
      .array(z.int('Give ids.').positive('Give ids.'))
      .min(1, 'Give at least one id.')
      .max(10_000, 'Give 10,000 ids or fewer.')
      .optional(),
    filter: ComputerListQuery.omit({ limit: true, cursor: true }).optional(),
    tenant_id: TenantNumber.optional().describe('Of change_tenant.'),
    person: z
      .string('Give one person, or none.')
      .max(300, 'This is too long.')
      .optional()
      .describe('Of set_person: an address or a name; an empty text for nobody.'),
    tag_id: z
      .int('Give the id of a tag.')
      .positive('Give the id of a tag.')
      .optional()
      .describe('Of add_tag and remove_tag.'),
    whole: z
      .boolean('Give true or false.')
      .default(false)
      .describe('Refuse all (409) when any cannot be changed.'),
    preview: z.boolean('Give true or false.').default(false).describe('Change nothing.'),
    reason: z.string('Give one reason.').trim().max(500, 'Use 500 characters or fewer.').optional(),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
    message: 'Give either ids or a filter.',
  })

export const ComputerBatchResult = z.strictObject({
  operation_id: z.int().nullable().describe('By which it can be undone; null for a preview.'),
  done: z.int(),
  unchanged: z.int(),
  refused: z.int(),
  lines: z
    .array(
      z.strictObject({
        id: z.int(),
        name: z.string(),
        outcome: z.enum(['done', 'unchanged', 'refused']),
        detail: z.string(),
      }),
    )
    .describe('Of each computer, in the order in which they were given.'),
})
