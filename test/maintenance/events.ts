import type { Actor } from '../../src/access/actor.ts'
import type { Db } from '../../src/db/connection.ts'
import { type Tx, operation, system } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { Conflict } from '../../src/errors.ts'
import { cancelWindow, runNow } from '../../src/maintenance/commands.ts'
import { setScheduleState, updateSchedule } from '../../src/schedules/commands.ts'
import { endOverride, overrideSchedule } from '../../src/schedules/overriding.ts'
import { fill } from './model/filling.ts'
import {
  type Facts,
  MINUTE,
  type ModelState,
  type ModelTimes,
  coveredBy,
  endSession,
  isLeft,
  isUnfinished,
  putWindow,
  timesInForce,
  zonesOf,
} from './model/state.ts'
import { factsBy, inputOf, timesBy, timesOf } from './settings.ts'

type Scene = {
  desk: Db
  actor: Actor
  schedule_id: number
  state: ModelState
  chance: () => number
  right: { now: number }
}

/** What may happen, each in the database and in the model. */
const EVENTS = { edit, override, move, run, cancel, work, finish, enable, disable }

export type Event = keyof typeof EVENTS

const OFTEN: Event[] = [
  'edit',
  'override',
  'move',
  'run',
  'cancel',
  'work',
  'work',
  'finish',
  'enable',
]

/** Something happens: this, or anything. */
export async function happen(scene: Scene, event?: Event): Promise<Event> {
  const chosen = event ?? anyOf(scene.chance, OFTEN)
  await EVENTS[chosen](scene)
  return chosen
}

export const anyOf = <Item>(chance: () => number, items: readonly Item[]) =>
  items[Math.floor(chance() * items.length)]!

const change = <T>({ desk, actor }: Scene, write: (tx: Tx) => Promise<T>) =>
  operation(desk, actor, 'test.change', write)

const note = ({ state, right }: Scene) => (state.noted_at ??= right.now)

async function edit(scene: Scene) {
  const facts: Facts = factsBy(scene.chance)
  const version = await versionOf(scene, 'schedule', scene.schedule_id)
  await change(scene, (tx) =>
    updateSchedule(tx, scene.actor, scene.schedule_id, inputOf(facts), version),
  )
  scene.state.facts = facts
  note(scene)
}

async function versionOf({ desk }: Scene, table: 'schedule' | 'schedule_override', id: number) {
  const query = everyTenant(desk).selectFrom(table).select('version').where('id', '=', id)
  return (await query.executeTakeFirstOrThrow()).version
}

/** What one tenant decides comes, or goes. */
async function override(scene: Scene) {
  const { desk, actor, schedule_id, state, chance } = scene
  const site = state.sites[1]!.id
  if (state.override) {
    const version = await versionOf(scene, 'schedule_override', state.override.id)
    await change(scene, (tx) => endOverride(tx, actor, site, schedule_id, version))
    state.override = null
  } else {
    const times: ModelTimes | null = chance() < 0.6 ? timesBy(chance) : null
    const form = times
      ? ({ form: 'own', times: timesOf(times) } as const)
      : ({ form: 'off', times: null } as const)
    await change(scene, (tx) => overrideSchedule(tx, actor, site, schedule_id, form, 0))
    const { id } = await everyTenant(desk)
      .selectFrom('schedule_override')
      .select('id')
      .executeTakeFirstOrThrow()
    state.override = { id, site, form: form.form, times }
  }
  note(scene)
}

async function move(scene: Scene) {
  const { state, chance } = scene
  const computer = anyOf(chance, [...state.computers.keys()])
  const site = anyOf(chance, state.sites).id
  if (state.computers.get(computer) === site) return
  await change(scene, (tx) =>
    everyTenantTx(tx)
      .updateTable('computer')
      .set({ tenant_id: site as never })
      .where('id', '=', computer)
      .execute(),
  )
  state.computers.set(computer, site)
  for (const { sessions } of state.windows.values()) {
    const session = sessions.get(computer)
    if (!session) continue
    if (session.is_withdrawn || ['pending', 'waiting', 'postponed'].includes(session.state))
      session.is_moved = true
  }
}

async function run(scene: Scene) {
  const { desk, actor, schedule_id, state, right } = scene
  const places = [...timesInForce(state)].flatMap(([times_of, times]) =>
    [...zonesOf(state, times_of)].map((zone) => ({ times_of, times, zone })),
  )
  const free = places.filter(({ times_of, zone }) => !isBegun(state, times_of, zone, right.now))
  const covers = free.some(({ times_of, zone }) => coveredBy(state, times_of, zone).length > 0)
  try {
    await change(scene, (tx) => runNow(tx, actor, schedule_id, ''))
  } catch (error) {
    if (error instanceof Conflict && !covers) return
    throw error
  }
  if (!covers) throw new Error('It runs now, though it has nobody to run for')
  const { id: order } = await everyTenant(desk)
    .selectFrom('maintenance_order')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  for (const { times_of, times, zone } of free) {
    const id = `${times_of} ${zone} #${order}`
    const window = {
      id,
      times_of,
      zone,
      start: `#${order}`,
      opens: right.now,
      closes: right.now + times.length * MINUTE,
      cause: 'run_now',
      state: 'open',
      why: '',
      recorded_at: right.now,
      is_ahead: false,
      is_noted: false,
      sessions: new Map(),
    }
    state.windows.set(id, window)
    fill(state, window)
  }
}

const isBegun = ({ windows }: ModelState, times_of: number, zone: string, now: number) =>
  [...windows.values()].some(
    (one) =>
      one.times_of === times_of && one.zone === zone && one.state === 'open' && one.opens <= now,
  )

async function cancel(scene: Scene) {
  const { desk, actor, state, chance } = scene
  const window = anyOf(chance, [...state.windows.values()].filter(isUnfinished))
  if (!window) return
  const { id } = await rowOf(desk, window)
  await change(scene, (tx) => cancelWindow(tx, actor, id, ''))
  putWindow(window, 'cancelled', '')
  for (const session of window.sessions.values())
    if (isLeft(session) || session.state === 'postponed')
      endSession(window, session, 'cancelled', 'cancelled')
}

const rowOf = (
  desk: Db,
  { times_of, zone, start }: { times_of: number; zone: string; start: string },
) =>
  everyTenant(desk)
    .selectFrom('maintenance_window')
    .select('id')
    .where('override_id', '=', times_of)
    .where('zone', '=', zone)
    .where('local_start', '=', start)
    .executeTakeFirstOrThrow()

/** The engine begins with some computers, or finds that they are not there. */
async function work(scene: Scene) {
  const { state, chance, right } = scene
  const begun = [...state.windows.values()].filter(
    (one) => one.state === 'open' && one.opens <= right.now,
  )
  for (const window of begun)
    for (const [computer, session] of window.sessions)
      if (session.state === 'pending' && chance() < 0.5)
        await setSession(scene, window, computer, anyOf(chance, ['running', 'waiting', 'passed']))
}

/** All that runs comes to its end. */
async function finish(scene: Scene) {
  for (const window of scene.state.windows.values())
    for (const [computer, session] of window.sessions)
      if (session.state === 'running') await setSession(scene, window, computer, 'passed')
}

async function setSession(
  { desk, right }: Scene,
  window: ModelState['windows'] extends Map<string, infer One> ? One : never,
  computer: number,
  to: 'running' | 'waiting' | 'passed',
) {
  const { id } = await rowOf(desk, window)
  const ended_at = to === 'passed' ? new Date(right.now).toISOString() : null
  await system(desk, (tx) =>
    everyTenantTx(tx)
      .updateTable('maintenance_session')
      .set({ state: to, ended_at })
      .where('window_id', '=', id)
      .where('computer_id', '=', computer)
      .execute(),
  )
  window.sessions.get(computer)!.state = to
  if (to === 'passed') window.is_noted = true
}

const setEnabled = async (scene: Scene, is_enabled: boolean) => {
  if (scene.state.is_enabled === is_enabled) return
  await change(scene, (tx) =>
    setScheduleState(tx, scene.actor, scene.schedule_id, is_enabled ? 'enabled' : 'disabled'),
  )
  scene.state.is_enabled = is_enabled
  note(scene)
}

/** Disables it, or enables it again. */
async function enable(scene: Scene) {
  await setEnabled(scene, !scene.state.is_enabled)
}

async function disable(scene: Scene) {
  await setEnabled(scene, false)
}
