import { copyFileSync, rmSync } from 'node:fs'
import type { Actor } from '../../src/access/actor.ts'
import { type Db, openDatabase } from '../../src/db/connection.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import { countStatements, killAt } from '../support/crashing.ts'
import { type Event, happen } from './events.ts'
import { lookInModel } from './model/model.ts'
import { type Items, differences, halfDone, itemsOf, observe } from './model/observed.ts'
import { DAY, MINUTE, type ModelState } from './model/state.ts'

/** A process: its connection, by how much its clock is wrong, and when it looked last. */
type Node = { db: Db; skew: number; before: number | undefined }

export type Simulated = {
  path: string
  actor: Actor
  schedule_id: number
  state: ModelState
  chance: () => number
  /** When it begins; the clock on the wall that is right. */
  start: number
  has_year: boolean
}

/** What a simulation came to: where it differs from the model, and how much happened. */
export type Course = { problems: string[]; looks: number; killed: number; events: Event[] }

/**
 * Lets some processes look at one database again and again, each with a clock of its own, which may
 * be minutes, a day or a year wrong; kills one or the other at any statement, and lets people do
 * what they do meanwhile. After each look all that is found has to be what the model says.
 */
export async function simulate(simulated: Simulated): Promise<Course> {
  const { path, chance, start, state } = simulated
  const right = { now: start }
  const nodes = Array.from({ length: 1 + Math.floor(chance() * 3) }, () => newNode(path, right, 0))
  const desk = openDatabase(path, () => iso(right.now))
  const course: Course = { problems: [], looks: 0, killed: 0, events: [] }
  const world = { ...simulated, desk, right, course }
  let year_left = simulated.has_year ? Math.floor(chance() * 60) : -1
  await lookAll(world, nodes)
  for (const end = start + 4 * DAY; right.now < end && course.problems.length === 0;) {
    right.now += stepOf(chance)
    for (const node of nodes) setWrong(node, chance, year_left-- === 0)
    if (chance() < 0.35) course.events.push(await happen(world))
    for (const some of groups(nodes.filter(() => chance() < 0.6))) await lookTogether(world, some)
  }
  if (course.problems.length === 0) await comeToAnEnd(world, nodes)
  for (const { db } of nodes) await db.close()
  await desk.close()
  void state
  return course
}

type World = Simulated & { desk: Db; right: { now: number }; course: Course }

const iso = (at: number) => new Date(at).toISOString()

function newNode(path: string, right: { now: number }, skew: number): Node {
  const node: Node = { db: undefined as never, skew, before: undefined }
  start(node, path, right)
  return node
}

/** A process begins, and remembers nothing. */
function start(node: Node, path: string, right: { now: number }) {
  node.before = undefined
  node.db = openDatabase(path, () => iso(right.now + node.skew))
}

/** Nodes whose clocks show the same look at the same time; others one after the other. */
const groups = (nodes: Node[]) => [...Map.groupBy(nodes, ({ skew }) => skew).values()]

const lookAll = async (world: World, nodes: Node[]) => {
  for (const some of groups(nodes)) await lookTogether(world, some)
}

/** Some nodes look together, one of which may be killed, and then comes back and looks at once. */
async function lookTogether(world: World, nodes: Node[], may_be_killed = true) {
  const { course, state, chance, right, desk, path } = world
  if (course.problems.length > 0) return
  const now = right.now + nodes[0]!.skew
  const befores = await Promise.all(nodes.map((node) => lastLook(desk, node)))
  const before = Math.max(...befores)
  // Whether a clock was put back is known by one of them, or by another.
  const isAgreed = new Set(befores.map((at) => now < at - 5 * MINUTE)).size === 1
  const isHit = may_be_killed && chance() < 0.2 && isAgreed
  const victim = isHit ? nodes[Math.floor(chance() * nodes.length)] : undefined
  const fuse =
    victim && killAt(victim.db, await anyStatement(world, now, victim.before), chance() < 0.5)
  const outcomes = await Promise.allSettled(
    nodes.map(async (node) => {
      node.before = Date.parse(await look(node.db, lookedBefore(node)))
    }),
  )
  const isKilled = fuse?.() ?? false
  for (const outcome of outcomes)
    if (outcome.status === 'rejected' && !/killed|not open/.test(String(outcome.reason)))
      throw outcome.reason
  course.looks += nodes.length
  const found = await observe(desk)
  const odd = compare(state, itemsOf(found), { now, before, looks: nodes.length, isKilled })
  if (odd.length > 0) course.problems.push(`at ${iso(now)}, ${nodes.length} nodes`, ...odd)
  if (isKilled || nodes.length > 1) Object.assign(state, found)
  if (!isKilled) return
  course.killed++
  await victim!.db.close()
  start(victim!, path, right)
  await lookTogether(world, [victim!], false)
}

type Look = { now: number; before: number; looks: number; isKilled: boolean }

/**
 * Lets the model look, too, and says where what is found is not what it says. Of those that look at
 * the same time, one may see what another has done, and look at that.
 */
function compare(state: ModelState, found: Items, { now, before, looks, isKilled }: Look) {
  const steps: Items[] = [itemsOf(state)]
  const possible: Items[] = []
  for (let count = 0; count < looks; count++) {
    const known = count === 0 && before > 0 ? before : undefined
    lookInModel(state, now, known, () => steps.push(itemsOf(state)))
    possible.push(itemsOf(state))
  }
  if (isKilled) return halfDone(found, steps)
  const odd = possible.map((items) => differences(found, items))
  return odd.find((some) => some.length === 0) ?? odd.at(-1)!
}

const lookedBefore = ({ before }: Node) => (before === undefined ? {} : { before: iso(before) })

async function lastLook(desk: Db, { before }: Node) {
  if (before !== undefined) return before
  const row = await desk.selectFrom('scheduler').select('looked_at').executeTakeFirst()
  return row ? Date.parse(row.looked_at) : 0
}

/** One of the statements that this look consists of, each as likely as any other. */
async function anyStatement({ path, chance }: World, now: number, before: number | undefined) {
  const copy = `${path}.copy`
  for (const suffix of ['-wal', '-shm']) rmSync(copy + suffix, { force: true })
  for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix)
  const db = openDatabase(copy, () => iso(now))
  const counted = countStatements(db)
  await look(db, before === undefined ? {} : { before: iso(before) })
  await db.close()
  return Math.floor(chance() * counted())
}

/** Nothing comes any more: in the end all is over. */
async function comeToAnEnd(world: World, nodes: Node[]) {
  const { right, start, course, state } = world
  for (const node of nodes) node.skew = 0
  await lookAll(world, nodes)
  await happen(world, 'disable')
  for (const days of [9, 10, 385]) {
    await happen(world, 'finish')
    right.now = start + days * DAY
    await lookAll(world, nodes)
  }
  if (course.problems.length > 0) return
  const windows = [...state.windows.values()]
  for (const window of windows) {
    if (window.state === 'open' || window.state === 'queued')
      course.problems.push(`window ${window.id} is ${window.state} in the end`)
    for (const [computer, session] of window.sessions)
      if (['pending', 'waiting', 'running', 'postponed'].includes(session.state))
        course.problems.push(`session ${computer} of ${window.id} is ${session.state} in the end`)
  }
}

/** Mostly some minutes or hours. */
const stepOf = (chance: () => number) =>
  Math.ceil(chance() < 0.3 ? chance() * 5 * MINUTE : chance() * 480 * MINUTE)

/** A clock goes wrong, and is put right again. */
function setWrong(node: Node, chance: () => number, by_a_year: boolean) {
  if (by_a_year) node.skew = 365 * DAY
  else if (Math.abs(node.skew) >= DAY) node.skew = chance() < 0.7 ? 0 : node.skew
  else if (chance() < 0.05) node.skew = chance() < 0.5 ? DAY : -DAY
  else if (chance() < 0.1) node.skew = Math.round((chance() - 0.5) * 8 * MINUTE)
  else if (chance() < 0.2) node.skew = 0
}
