import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { type Pace, paced } from '../pace.ts'
import { type PutBack, noteWhatTimeChanged } from '../schedules/passing-time.ts'
import { type Moved, lookedAt, noteTimeZoneData, planWhatChanged } from '../schedules/planning.ts'
import { addElapsed } from '../schedules/windows.ts'
import { beginWindows } from './begin.ts'
import { closeEndedWindows } from './close.ts'
import { openDueWindows } from './due.ts'
import { endWaitingInVain } from './in-vain.ts'
import { reviewSessions } from './review.ts'
import { newRound } from './round.ts'
import { settleWindows } from './settle.ts'
import { tellOnce } from './tell-once.ts'

/** How often it looks whether anything is due. */
const EVERY_MS = 1000

/** When nothing is to be done, it notes that it looked so often. */
const NOTED_EVERY_MINUTES = 0.5

/** Told of what a look comes upon, which keeps nothing else from being done. */
export type Log = {
  /** New time-zone data moves windows: those of one transaction. */
  moved(windows: Moved[]): void
  /** The clock shows an earlier time than it did: all windows are planned anew. */
  putBack?(clock: PutBack): void
  /** A schedule could not be planned, or its windows not be opened. */
  trouble(error: unknown, schedule_id?: number): void
}

const silent: Log = {
  moved() {},
  trouble(error) {
    throw error
  },
}

/**
 * Looks once: plans what changed, ends what is over, opens what is due. Any number of processes may
 * do so on one database; what one has opened, the others find opened. Returns when it looked.
 *
 * @param before when the same process looked last
 */
export async function look(
  db: Db,
  {
    log = silent,
    pace = paced(),
    time_zone_data = process.versions['tz'] ?? '',
    before,
  }: { log?: Log; pace?: Pace; time_zone_data?: string; before?: string | undefined } = {},
) {
  const put_back = await noteWhatTimeChanged(db, db.now(), before)
  if (put_back) log.putBack?.(put_back)
  await noteTimeZoneData(db, time_zone_data)
  const report = {
    moved: (windows: Moved[]) => log.moved(windows),
    failed: (schedule_id: number, error: unknown) => log.trouble(error, schedule_id),
  }
  const planned = await planWhatChanged(db, report, pace)
  const now = db.now()
  const round = newRound(now)
  const begun = await beginWindows(db, round, pace)
  const closed = await closeEndedWindows(db, now, pace)
  await reviewSessions(db, now, pace)
  const settled = await settleWindows(db, round, pace)
  const opened = await openDueWindows(db, round, pace, ({ schedule_id }, error) =>
    log.trouble(error, schedule_id),
  )
  // One that was killed may have left it undone.
  const isFirst = before === undefined
  const busy = isFirst || planned || begun || closed || settled || opened
  if (busy) await system(db, (tx) => endWaitingInVain(tx, now, pace))
  await noteLook(db, { now, time_zone_data, busy })
  return now
}

type Look = { now: string; time_zone_data: string; busy: boolean }

/** What another process noted, whose clock is ahead, is not taken back. */
async function noteLook(db: Db, { now, time_zone_data, busy }: Look) {
  const last = await lookedAt(db)
  const isNews = !last || (busy ? last < now : last <= addElapsed(now, -NOTED_EVERY_MINUTES))
  if (!isNews) return
  await system(db, (tx) =>
    tx
      .insertInto('scheduler')
      .values({ slot: 1, looked_at: now, time_zone_data })
      .onConflict((oc) => oc.column('slot').doUpdateSet({ looked_at: now }))
      .execute(),
  )
}

/** How long until something is due, in milliseconds; at most until the next look. */
async function pauseOf(db: Db) {
  const next = await db
    .selectFrom('next_window')
    .select('detect_at')
    .orderBy('detect_at')
    .limit(1)
    .executeTakeFirst()
  const until = next ? Date.parse(next.detect_at) - Date.parse(db.now()) : EVERY_MS
  return until > 0 ? Math.min(until, EVERY_MS) : EVERY_MS
}

/**
 * Looks every second, and when something is due, from `start` to `stop`, which stops a look that is
 * under way, too. A trouble that stays is told of once.
 */
export function scheduler(db: Db, told: Log) {
  const stopping = new AbortController()
  const { signal } = stopping
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  const { log, endLook } = tellOnce(told)
  let before: string | undefined
  const lookAndWait = async () => {
    try {
      before = await look(db, { log, pace: paced(undefined, signal), before })
      endLook()
    } catch (error) {
      if (!signal.aborted) log.trouble(error)
    }
    const pause = await pauseOf(db).catch(() => EVERY_MS)
    if (!signal.aborted) wait(pause)
  }
  const wait = (pause: number) => {
    timer = setTimeout(() => void (looking = lookAndWait()), pause).unref()
  }
  return {
    start: () => wait(0),
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await looking
    },
  }
}
