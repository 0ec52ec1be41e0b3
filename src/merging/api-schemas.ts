import { z } from 'zod'
import { MAX_SOURCES } from './form.ts'

const CountResource = z.strictObject({
  what: z.string(),
  number: z.int(),
  becomes: z.string().describe('What becomes of them; once it was merged, what became of them.'),
})

const ConflictResource = z.strictObject({
  id: z.string().describe('The name of its choice.'),
  title: z.string(),
  source: z.string(),
  destination: z.string(),
  options: z
    .array(z.strictObject({ value: z.string(), label: z.string() }))
    .describe('The first is the usual one. With one alone there is no choice.'),
})

export const MergeInput = z.strictObject({
  sources: z
    .array(z.int('Give ids of tenants.').positive('Give ids of tenants.'))
    .min(1, 'Give at least one source.')
    .max(MAX_SOURCES, `Give ${MAX_SOURCES} sources or fewer.`),
  fate: z
    .enum(['delete', 'keep'], 'Choose delete or keep.')
    .default('delete')
    .describe('What becomes of the emptied sources: deleted, or kept, not active.'),
  choices: z
    .record(
      z.string().regex(/^[a-z-]+:[1-9]\d{0,14}$/, 'Name conflicts as the preview does.'),
      z.string('Give one choice.').max(100, 'Use 100 characters or fewer.'),
    )
    .default({})
    .describe('By the ids of conflicts, one of their options. The others go the usual way.'),
  preview: z.boolean('Give true or false.').default(false).describe('Change nothing.'),
  reason: z.string('Give one reason.').trim().max(500, 'Use 500 characters or fewer.').optional(),
})

export const MergeResult = z
  .strictObject({
    merge_id: z.int().nullable().describe('The record of it; null for a preview.'),
    operation_id: z.int().nullable().describe('By which it can be undone; null for a preview.'),
    counts: z.array(CountResource),
    conflicts: z.array(ConflictResource),
    refusals: z.array(z.string()).describe('Why it is not possible; empty when it is.'),
  })
  .meta({ id: 'TenantMerge' })
