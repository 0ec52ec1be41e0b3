import type { MaintenanceWindowTable, SessionState, WindowState } from '../db/schedule-schema.ts'
import type { Decision } from '../schedules/catch-up.ts'

/** Why a window did not open in its time, in words; '' where the outcome says it all. */
export const reasonInWords = (reason: Decision['reason']) =>
  reason === undefined
    ? ''
    : {
        not_caught_up: 'Nothing was running at its time, and the schedule skips what was missed.',
        too_long_ago: 'Nothing was running at its time, and that was too long ago to catch up.',
        made_up_for: 'Nothing was running at its time. Another window made up for it.',
        overlap: 'The window before it was still open.',
      }[reason]

/** The states of a session, in words. */
export const sessionStates: Record<SessionState, string> = {
  pending: 'Pending',
  waiting: 'Waiting for connectivity',
  running: 'Running',
  passed: 'Passed',
  partly_passed: 'Partly passed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  postponed: 'Postponed',
  missed: 'Missed',
  skipped: 'Skipped',
}

/** They themselves, as pages list them. */
export const statesInOrder = Object.keys(sessionStates) as [SessionState, ...SessionState[]]

/** The states of sessions that are not over. */
export const unended = ['pending', 'waiting', 'running', 'postponed'] as const

/** The states of a window, in words. */
export const windowStates: Record<WindowState, string> = {
  open: 'Open',
  queued: 'Queued',
  closed: 'Closed',
  cancelled: 'Cancelled',
  skipped: 'Skipped',
}

const tones: Partial<Record<SessionState, 'good' | 'bad'>> = {
  running: 'good',
  passed: 'good',
  partly_passed: 'bad',
  failed: 'bad',
  missed: 'bad',
}

/** How the state of a session looks. */
export const toneOf = (state: SessionState) => tones[state] ?? 'quiet'

/** Why a window opened, in words. */
export const windowCauses: Record<MaintenanceWindowTable['cause'], string> = {
  due: 'It was due',
  caught_up: 'To make up for one that was missed',
  run_now: 'Run now was pressed',
}
