import { z } from 'zod'
import { getPreference } from '../preferences/catalogue.ts'
import { Flag, Instant, NextCursor, Paging, TenantId, TenantIdText } from '../web/api-schemas.ts'
import { NameText } from '../web/names.ts'
import { idText } from '../web/numbers.ts'
import { ZoneText } from '../web/zones.ts'
import { CHOICES, USUAL_FACTS } from './facts.ts'
import { optionKeys } from './option-keys.ts'
import { MOST_CHOSEN, TOO_MANY_CHOSEN } from './targets.ts'
import { MOST_RULES } from './validation.ts'

export const ScheduleParams = z.strictObject({ id: idText('Give the id of a schedule.') })

const states = ['enabled', 'disabled', 'deleted'] as const

const Rule = z.strictObject({
  rrule: z
    .string('Give a rule such as FREQ=DAILY.')
    .trim()
    .max(1000, 'Use 1,000 characters or fewer.')
    .describe('RFC 5545, such as FREQ=WEEKLY;BYDAY=SU. Once is FREQ=DAILY;COUNT=1.'),
  start: z
    .string('Give a local time such as 2026-12-01T22:00.')
    .max(30, 'Give a local time such as 2026-12-01T22:00.')
    .describe('DTSTART: the wall-clock time of the first window, such as 2026-12-01T22:00.'),
})

const whole = (min: number, max: number) => {
  const message = `Give a whole number from ${min} to ${max}.`
  return z.int(message).min(min, message).max(max, message)
}

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `Give one of ${values.join(', ')}.`)

const yesOrNo = z.boolean('Give true or false.')

const id = (what: string) => z.int(`Give the id of ${what}.`).positive(`Give the id of ${what}.`)

/** When windows open, and for how long, as it is sent. */
export const timesFields = {
  rules: z
    .array(Rule, 'Give a list of rules.')
    .max(MOST_RULES, `A schedule has at most ${MOST_RULES} rules.`),
  window_minutes: z
    .int('Give a whole number of minutes.')
    .describe('By the clock on the wall, so that a window keeps its end when clocks change.'),
  zone_of: oneOf(CHOICES.zone_of).describe('Whose time zone counts.'),
  zone: ZoneText.nullable().describe('With `zone_of` fixed, else null. Kept by its present name.'),
}

const optionSchemas = Object.fromEntries(
  optionKeys.map((key) => [key, getPreference(key).schema.optional()]),
)

const facts = {
  ...timesFields,
  name: NameText(),
  applies_to_children: yesOrNo,
  locked: yesOrNo.describe('Whether child tenants have to take it as it is.'),
  detection_minutes: whole(1, 10_080)
    .nullable()
    .describe('How long before the window detection starts; null for when it opens.'),
  target: oneOf(CHOICES.target),
  target_tag_id: id('a tag').nullable(),
  target_group_id: id('a group of computers').nullable(),
  computer_ids: z
    .array(id('a computer'), 'Give a list of ids.')
    .max(MOST_CHOSEN, TOO_MANY_CHOSEN)
    .describe('With `target` computers. Those that you do not see are neither shown nor changed.'),
  target_kinds: oneOf(CHOICES.target_kinds),
  options: z
    .strictObject(optionSchemas, 'Give options by the keys of preferences.')
    .describe('What differs from the preferences in effect, by their keys.'),
  spread_minutes: whole(0, 1440).describe('Over how long the starts of computers are spread.'),
  missed: oneOf(CHOICES.missed).describe('What becomes of windows that nothing opened.'),
  missed_days: whole(1, 366),
  overlap: oneOf(CHOICES.overlap).describe('While the window before is still being worked off.'),
  unfinished: oneOf(CHOICES.unfinished).describe('What has not started when the window ends.'),
}

export const NewSchedule = z.strictObject({
  ...facts,
  tenant_id: TenantId,
  state: oneOf(['enabled', 'disabled']).default('enabled'),
  zone_of: facts.zone_of.default(USUAL_FACTS.zone_of),
  zone: facts.zone.default(USUAL_FACTS.zone),
  applies_to_children: facts.applies_to_children.default(USUAL_FACTS.applies_to_children),
  locked: facts.locked.default(USUAL_FACTS.locked),
  detection_minutes: facts.detection_minutes.default(USUAL_FACTS.detection_minutes),
  target: facts.target.default(USUAL_FACTS.target),
  target_tag_id: facts.target_tag_id.default(USUAL_FACTS.target_tag_id),
  target_group_id: facts.target_group_id.default(USUAL_FACTS.target_group_id),
  computer_ids: facts.computer_ids.default([]),
  target_kinds: facts.target_kinds.default(USUAL_FACTS.target_kinds),
  options: facts.options.default(USUAL_FACTS.options),
  spread_minutes: facts.spread_minutes.default(USUAL_FACTS.spread_minutes),
  missed: facts.missed.default(USUAL_FACTS.missed),
  missed_days: facts.missed_days.default(USUAL_FACTS.missed_days),
  overlap: facts.overlap.default(USUAL_FACTS.overlap),
  unfinished: facts.unfinished.default(USUAL_FACTS.unfinished),
})

export const SchedulePatch = z
  .strictObject({
    ...facts,
    options: facts.options.describe('Replaces all options.'),
    state: oneOf(['enabled', 'disabled']),
    version: z.int('Give a version.').positive('Give a version.'),
  })
  .partial()
  .refine(({ version: _, ...changes }) => Object.keys(changes).length > 0, 'Say what to change.')
  .describe('What is left out stays. With `version`, refused (409) if the schedule has another.')
export type SchedulePatch = z.infer<typeof SchedulePatch>

/** Times in an answer. */
export const shownTimes = {
  rules: z.array(z.strictObject({ rrule: z.string(), start: z.string() })),
  window_minutes: z.int(),
  zone_of: z.enum(CHOICES.zone_of),
  zone: z.string().nullable(),
  times_in_words: z.string(),
}

const shown = {
  ...shownTimes,
  id: z.int(),
  tenant_id: z.int(),
  name: z.string(),
  state: z.enum(states),
  applies_to_children: z.boolean(),
  locked: z.boolean(),
  detection_minutes: z.int().nullable(),
  target: z.enum(CHOICES.target),
  target_tag_id: z.int().nullable().describe('Null also where the tag was deleted.'),
  target_group_id: z.int().nullable().describe('Null also where the group was deleted.'),
  target_kinds: z.enum(CHOICES.target_kinds),
  options: z.looseObject({}),
  spread_minutes: z.int(),
  missed: z.enum(CHOICES.missed),
  missed_days: z.int(),
  overlap: z.enum(CHOICES.overlap),
  unfinished: z.enum(CHOICES.unfinished),
  version: z.int().describe('Rises with each change.'),
}

/** A schedule as a list of the API shows it. */
const ListedSchedule = z
  .strictObject({
    ...shown,
    next_at: Instant.nullable().describe(
      'When its next window opens, wherever that is; null where none is planned.',
    ),
  })
  .meta({ id: 'ListedSchedule' })
export type ListedSchedule = z.infer<typeof ListedSchedule>

/** A schedule as the API shows it. */
export const ScheduleResource = z
  .strictObject({
    ...shown,
    computer_ids: z.array(z.int()).describe('Those that are chosen and that you see.'),
  })
  .meta({ id: 'Schedule' })
export type ScheduleResource = z.infer<typeof ScheduleResource>

export const ScheduleList = z.strictObject({
  schedules: z.array(ListedSchedule),
  next_cursor: NextCursor,
})

export const ScheduleListQuery = Paging.extend({
  state: oneOf(states).default('enabled'),
  q: z
    .string('Give one text.')
    .max(200, 'Use 200 characters or fewer.')
    .default('')
    .describe('Part of the name.'),
  tenant_id: TenantIdText.optional().describe('Only the schedules of this tenant and below it.'),
  without_children: Flag.describe('Only those of the tenant itself.'),
})
