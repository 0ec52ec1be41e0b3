import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import { readRowHistory } from '../audit/history.ts'
import type { Db } from '../db/connection.ts'
import { listWindows } from '../maintenance/window-list.ts'
import { compareTexts } from '../order.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { readInEffect } from '../preferences/in-effect.ts'
import { listDecisions } from './below.ts'
import { chosenLinks } from './chosen.ts'
import { countCovered, coveredInWords } from './coverage.ts'
import { getScheduleHead, readScheduleId } from './head.ts'
import { missingTarget } from './missing.ts'
import { optionKeys } from './option-keys.ts'
import { optionsInWords } from './options-words.ts'
import { windowsAhead } from './foresee.ts'
import type { OwnedSchedule } from './queries.ts'
import { rulesInWords, targetInWords } from './says.ts'
import { layOutOne } from './plan.ts'
import { seriesAt } from './series.ts'
import { nameTarget } from './targets.ts'
import { zonesNow } from './tenant-zones.ts'
import { views } from './views.ts'

type Id = { Params: { id: string } }

/** The next windows on the page of a schedule: one for each zone, so there can be many. */
const SHOWN = 20

/** The windows on the page of a schedule that came; all are on a page of their own. */
const CAME = 6

const HistoryQuery = z.object({ before: idText('Start from the beginning.').optional() })

/** The pages of a schedule that only show. */
export function schedulePageRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'schedule.view', scope: 'anywhere' } as const

  app.get<Id>('/schedules/:id', { config }, async ({ actor, params }, reply) => {
    const head = await getScheduleHead(db, actor, readScheduleId(params.id), '')
    const { schedule } = head
    return reply.page(
      views.page({
        head,
        target: await targetOf(db, schedule),
        chosen: schedule.target === 'computers' ? await chosenLinks(db, actor, schedule) : [],
        covered: coveredInWords(await countCovered(db, actor, schedule, db.now())),
        came: await listWindows(db, actor, schedule.id, { limit: CAME, after: null }),
        next: await nextOf(db, actor, schedule),
        rules: rulesInWords(schedule),
        options: optionsInWords(
          schedule.options,
          await readInEffect(db, schedule.tenant_id, optionKeys, db.now()),
        ),
        decisions: await decisionsFor(db, actor, schedule),
      }),
    )
  })

  app.get<Id>(
    '/schedules/:id/history',
    { config: { permission: 'history.view', scope: 'anywhere' } },
    async ({ actor, params, query }, reply) => {
      const id = readScheduleId(params.id)
      const { before } = readQuery(HistoryQuery, query)
      const head = await getScheduleHead(db, actor, id, 'history', 'history.view')
      const { entries, next } = await readRowHistory(db, actor, 'schedule', id, before)
      const here = `/schedules/${id}/history`
      const older = next === null ? null : `${here}?before=${next}`
      return reply.page(views.history({ head, entries, older, newest: before ? here : null }))
    },
  )
}

/** What it is for, or why that is nothing. */
async function targetOf(db: Db, schedule: OwnedSchedule) {
  const said = targetInWords({ ...schedule, ...(await nameTarget(db, schedule)) })
  const missing = await missingTarget(db, schedule)
  if (said.is_missing || !missing) return said
  return { words: missing.replace(/\.$/, ''), is_missing: true }
}

/** When it opens next, in each zone that the actor sees in which it does, the earliest first. */
async function nextOf(db: Db, actor: Actor, schedule: OwnedSchedule) {
  if (schedule.state !== 'enabled') return []
  const now = db.now()
  const read = seriesAt(db, actor, await zonesNow(db), schedule.path)
  const series = await read(schedule, await layOutOne(db, schedule))
  return series
    .flatMap(({ times, zone }) => windowsAhead(times, zone, now, 1))
    .map(({ opens_at, closes_at, zone, start }) => ({ opens_at, closes_at, zone, start }))
    .toSorted((one, other) => compareTexts(one.opens_at, other.opens_at))
    .slice(0, SHOWN)
}

const decisionsFor = async (db: Db, actor: Actor, schedule: OwnedSchedule) =>
  (await listDecisions(db, actor, schedule)).map(({ path, ...decision }) => ({
    ...decision,
    opens: permits(actor.access, 'schedule.view', path),
  }))
