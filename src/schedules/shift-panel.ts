import type { ConsequencePanel } from '../jobs/consequences.ts'
import { countOf, formatCount } from '../web/counts.ts'
import type { Sum, Sums } from './shift-sums.ts'
import type { Verdict } from './shifts.ts'

/** What could not be told. */
export type Gaps = {
  /** Things whose schedules the asker may not see, in words; '' without. */
  unread: string
  /** Things that were too many to look at, in words; '' without. */
  beyond: string
}

const labels: Record<Verdict, string> = {
  lost: 'No longer maintained by',
  gained: 'Maintained anew by',
  other_times: 'At other times by',
}

/** So many schedules of a kind, or windows, are named. */
const NAMED = 20

/** What becomes of schedules as a panel; null where there are none at all. */
export function schedulePanel(
  { sums, any, stranded }: Sums,
  { unread, beyond }: Gaps,
): ConsequencePanel | null {
  if (!any && !unread && !beyond) return null
  const some = (verdict: Verdict) => sums.filter((sum) => sum.verdict === verdict)
  const rows = [
    ...(['lost', 'gained', 'other_times'] as const).map((verdict) =>
      rowOf(labels[verdict], some(verdict).map(inWords)),
    ),
    rowOf('Open now', sums.flatMap(openInWords)),
    rowOf('Opens within 24 hours', sums.flatMap(soonInWords)),
    rowOf(
      'For nothing any more',
      stranded.map(({ target, ...schedule }) => `${titleOf(schedule)}: its ${target} stays behind`),
    ),
  ].flat()
  return { title: 'Schedules', note: noteOn(some), rows, more: gapsInWords(unread, beyond) }
}

const gapsInWords = (unread: string, beyond: string) =>
  [
    unread ? `You may not see those of ${unread}.` : '',
    beyond ? `${beyond} were too many to look at.` : '',
  ]
    .filter(Boolean)
    .join(' ')

function noteOn(some: (verdict: Verdict) => Sum[]) {
  const [lost, gained, other] = [some('lost'), some('gained'), some('other_times')]
  if (lost.length + gained.length + other.length === 0) return 'The same schedules as now.'
  const others = other.length > 0 ? ` ${other.length} at other times.` : ''
  return `${countOf(lost.length, 'schedule', 'schedules')} less, ${gained.length} more.${others}`
}

function rowOf(name: string, lines: string[]) {
  if (lines.length === 0) return []
  const rest = lines.length - NAMED
  const more = rest > 0 ? [`and ${countOf(rest, 'other', 'others')}`] : []
  return [{ name, lines: [...lines.slice(0, NAMED), ...more] }]
}

const titleOf = ({ name, tenant_name }: Pick<Sum, 'name' | 'tenant_name'>) =>
  `${name} (${tenant_name})`

const atLeast = (is_more: boolean) => (is_more ? 'more than ' : '')

const inWords = (sum: Sum) =>
  `${titleOf(sum)}, ${atLeast(sum.is_more)}${countOf(sum.computers, 'computer', 'computers')}`

const openInWords = (sum: Sum) =>
  [...sum.open.values()].map(({ until, skipped, is_more }) => {
    const window = `${titleOf(sum)}, until ${until}`
    return sum.verdict === 'lost'
      ? `${window}: ${atLeast(is_more)}${sessionsInWords(skipped)}`
      : `${window}: they come in with the next one`
  })

const sessionsInWords = (count: number) =>
  count === 1
    ? '1 session that has not started is skipped'
    : `${formatCount(count)} sessions that have not started are skipped`

const soonWords: Record<Verdict, string> = {
  lost: 'without them',
  gained: 'with them',
  other_times: 'with them',
}

const soonInWords = (sum: Sum) =>
  [...sum.soon].map((when) => `${titleOf(sum)}, at ${when}, ${soonWords[sum.verdict]}`)
