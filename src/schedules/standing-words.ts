import { type Access, permits } from '../access/decide.ts'
import type { ExplainedOverride } from './inheritance.ts'
import { timesInWords, zoneInWords } from './says.ts'
import type { StandingSchedule } from './standing.ts'

/** How a schedule stands for a tenant, as a page shows it. */
export type StandingLine = {
  id: number
  name: string
  /** In one or two words, with how it looks. */
  state: string
  tone: 'good' | 'quiet' | 'bad'
  /** Why, where that is not the owner's doing. */
  why: string
  owner: { id: number; name: string; is_here: boolean; opens: boolean }
  locked: boolean
  /** Whose doing it is that it stands so, as preferences say it. */
  origin: { kind: 'here' | 'inherited' | 'locked'; label: string; icon: string }
  times: string
  zone: string
}

const origins = {
  here: { kind: 'here', label: 'Set here', icon: 'pencil' },
  inherited: { kind: 'inherited', label: 'Inherited', icon: 'arrow-up-left' },
  locked: { kind: 'locked', label: 'Locked', icon: 'lock' },
} as const

/** A schedule as it stands for the tenant with this id, in words. */
export function standingInWords(
  schedule: StandingSchedule,
  tenant_id: number,
  access: Access,
): StandingLine {
  const { id, name, locked, times, tenant_id: owner_id, tenant_name } = schedule
  const is_here = owner_id === tenant_id
  const opens = permits(access, 'schedule.view', schedule.path)
  return {
    id,
    name,
    locked,
    ...stateOf(schedule, tenant_id),
    owner: { id: owner_id, name: tenant_name, is_here, opens },
    origin: origins[is_here ? 'here' : locked ? 'locked' : 'inherited'],
    times: timesInWords(times),
    zone: zoneInWords(times),
  }
}

function stateOf({ state, standing, tenant_id: owner }: StandingSchedule, here: number) {
  const { effect, times_of, decided_by } = standing
  const at = decided_by.tenant_id === here ? 'here' : `at ${decided_by.name}`
  if (effect === 'blocked')
    return {
      state: 'Blocked',
      tone: 'quiet' as const,
      why: `Inheritance is blocked ${at}`,
    }
  if (effect === 'off')
    return { state: 'Switched off', tone: 'quiet' as const, why: `Decided ${at}` }
  const why = times_of
    ? `Own times, set ${at}`
    : decided_by.tenant_id === owner
      ? ''
      : `Switched on again ${at}`
  if (state === 'disabled') return { state: 'Disabled', tone: 'quiet' as const, why }
  return { state: 'In effect', tone: 'good' as const, why }
}

/** A step of the explanation: who decided what, and what became of it. */
export type Step = { name: string; decided: string; outcome: string; counts: boolean }

/** Why a schedule stands as it does for a tenant, from its owner down. */
export function explain(schedule: StandingSchedule): Step[] {
  const { tenant_name, standing, locked } = schedule
  const { effect, times_of, decided_by } = standing
  const rests = effect === 'on' && decided_by.tenant_id === schedule.tenant_id
  const steps: Step[] = [
    {
      name: tenant_name,
      decided: `${timesInWords(schedule)}, ${lowerFirst(zoneInWords(schedule))}`,
      outcome: locked
        ? 'Locked: it holds for all below'
        : rests
          ? 'Counts here'
          : ownersLot(times_of),
      counts: rests,
    },
    ...standing.chain.map((one) => stepOf(one, schedule)),
  ]
  if (effect === 'blocked')
    steps.push({
      name: decided_by.name,
      decided: 'Blocks inheritance',
      outcome: 'What comes from above ends here',
      counts: true,
    })
  return steps
}

const ownersLot = (times_of: number) =>
  times_of ? 'Has other times further down' : 'Decided otherwise further down'

const decisions = {
  off: 'Switched it off',
  on: 'Switched it on, with the times of its owner',
  own: 'Gave it times of its own',
}

const outcomes = {
  won: 'Counts here',
  overridden: 'Decided otherwise further down',
  blocked: 'Stopped by a tenant that blocks inheritance',
  locked_out: 'Does not count while the schedule is locked',
}

const stepOf = (
  { name, override, verdict }: ExplainedOverride,
  { standing, times }: StandingSchedule,
): Step => ({
  name,
  decided:
    override.form === 'own' && override.id === standing.times_of
      ? `${timesInWords(times)}, ${lowerFirst(zoneInWords(times))}`
      : decisions[override.form],
  outcome: outcomes[verdict],
  counts: verdict === 'won',
})

/** Names of zones keep their capital. */
const lowerFirst = (text: string) => (text.startsWith('Each ') ? `e${text.slice(1)}` : text)
