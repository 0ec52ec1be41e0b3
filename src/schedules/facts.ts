import type { ScheduleFacts } from './stored.ts'

/** What there is to choose from, by what is decided. */
export const CHOICES = {
  zone_of: ['fixed', 'tenant', 'computer'],
  target: ['all', 'tag', 'group', 'computers'],
  target_kinds: ['any', 'servers', 'workstations', 'portables', 'not_servers'],
  missed: ['skip', 'once', 'all'],
  overlap: ['skip', 'queue'],
  unfinished: ['miss', 'wait'],
} as const satisfies { [Fact in keyof ScheduleFacts]?: readonly ScheduleFacts[Fact][] }

/** What is so until somebody decides otherwise. */
export const USUAL_FACTS = {
  zone_of: 'tenant',
  zone: null,
  applies_to_children: true,
  locked: false,
  detection_minutes: null,
  target: 'all',
  target_tag_id: null,
  target_group_id: null,
  target_kinds: 'any',
  options: {},
  spread_minutes: 0,
  missed: 'skip',
  missed_days: 7,
  overlap: 'skip',
  unfinished: 'miss',
} as const satisfies Partial<ScheduleFacts>
