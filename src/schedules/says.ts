import type { TargetKinds } from '../db/schedule-schema.ts'
import type { ScheduleFacts, Times, ZoneChoice } from './stored.ts'
import { recurrenceOf } from './stored.ts'
import { capital, durationInWords, recurrenceInWords } from './words.ts'

/** When windows open, as a sentence without its zone. */
export const timesInWords = (times: Times) => recurrenceInWords(recurrenceOf(times))

export const zoneInWords = ({ zone_of, zone }: ZoneChoice) =>
  zone_of === 'fixed'
    ? zone!
    : zone_of === 'tenant'
      ? 'Each tenant’s own zone'
      : 'Each computer’s own zone'

const nouns: Record<TargetKinds, string> = {
  any: 'computers',
  servers: 'servers',
  workstations: 'workstations',
  portables: 'portables',
  not_servers: 'workstations and portables',
}

type Target = Pick<
  ScheduleFacts,
  'target' | 'target_kinds' | 'target_tag_id' | 'target_group_id'
> & { tag_name?: string | null; group_name?: string | null }

/**
 * For which computers a schedule is, in words. One whose target was deleted is for none; the name of
 * one that belongs to somebody else since its tenant moved is null.
 */
export function targetInWords({ target, target_kinds, tag_name, group_name, ...ids }: Target): {
  words: string
  is_missing: boolean
} {
  const noun = nouns[target_kinds]
  const missing = (words: string) => ({ words, is_missing: true })
  const named = (name: string | null | undefined, id: number | null, how: string, kind: string) => {
    if (id === null) return missing(`Nothing: its ${kind} was deleted`)
    if (name === null) return missing(`${capital(noun)} ${how} ${kind} of another tenant`)
    return { words: `${capital(noun)} ${how} ${kind} ${name ?? ''}`.trim(), is_missing: false }
  }
  if (target === 'tag') return named(tag_name, ids.target_tag_id, 'with the', 'tag')
  if (target === 'group') return named(group_name, ids.target_group_id, 'in the', 'group')
  const words = target === 'all' ? `All ${noun}` : `Chosen ${noun}`
  return { words, is_missing: false }
}

/** What a schedule says beside its times and its target, line by line. */
export function rulesInWords(facts: ScheduleFacts) {
  const { detection_minutes, spread_minutes, missed, missed_days, overlap, unfinished } = facts
  return [
    {
      label: 'Detection',
      value:
        detection_minutes === null
          ? 'When the window opens'
          : `${durationInWords(detection_minutes)} before the window`,
    },
    {
      label: 'Child tenants',
      value: facts.applies_to_children
        ? `Applies to them${facts.locked ? ', and is locked for them' : ''}`
        : 'Does not apply to them',
    },
    {
      label: 'Random spread',
      value: spread_minutes
        ? `Computers start within ${durationInWords(spread_minutes)}`
        : 'None: all start at once',
    },
    {
      label: 'Missed windows',
      value: {
        skip: 'Skipped',
        once: `The last one of ${days(missed_days)} runs`,
        all:
          overlap === 'skip'
            ? `Those of ${days(missed_days)} run, but of several only one: the others are skipped while it is open`
            : `All of ${days(missed_days)} run, one after the other`,
      }[missed],
    },
    {
      label: 'Overlap',
      value:
        overlap === 'skip'
          ? 'A window is skipped while the one before is open'
          : 'A window is queued while the one before is open',
    },
    {
      label: 'Computers not started in time',
      value: unfinished === 'miss' ? 'Miss the window' : 'Wait for the next window',
    },
  ]
}

const days = (count: number) => (count === 1 ? 'the last day' : `the last ${count} days`)
