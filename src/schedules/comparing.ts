import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Conflict } from '../errors.ts'
import type { Form } from '../web/form.ts'
import { savedOver } from '../web/saved-over.ts'
import { chosenText } from './chosen.ts'
import type { Said } from './form.ts'
import { optionsInWords } from './options-words.ts'
import { getSchedule } from './queries.ts'
import { rulesInWords, targetInWords, timesInWords, zoneInWords } from './says.ts'
import type { ScheduleFacts } from './stored.ts'
import { nameTarget } from './targets.ts'

const compared = [
  { name: 'said_name', label: 'Name' },
  { name: 'said_times', label: 'Times' },
  { name: 'said_zone', label: 'Time zone' },
  { name: 'said_target', label: 'For' },
  { name: 'said_computers', label: 'Chosen computers' },
  { name: 'said_rules', label: 'Rules' },
  { name: 'said_options', label: 'Options' },
]

/**
 * When `error` says that the schedule changed while its form was open: what differs, and the form as
 * it was typed, with the version that may now be saved over. Otherwise undefined.
 */
export async function conflictOf(
  db: Db,
  actor: Actor,
  id: number,
  { form, said }: { form: Form; said: Said },
  error: unknown,
) {
  if (!(error instanceof Conflict)) return undefined
  const stored = await getSchedule(db, actor, id)
  if (form.values['version'] === String(stored.version) || stored.state === 'deleted')
    return undefined
  const computers = stored.target === 'computers' ? await chosenText(db, actor, id) : ''
  const typed = await inWords(
    db,
    { ...said, path: stored.path },
    said.target === 'computers' ? said.computers : '',
  )
  return savedOver(
    'schedule',
    compared,
    { ...(await inWords(db, stored, computers)), version: String(stored.version) },
    { ...form.values, ...typed },
  )
}

async function inWords(db: Db, facts: ScheduleFacts & { path: string }, computers: string) {
  const lines = (all: { label: string; value: string }[]) =>
    all.map(({ label, value }) => `${label}: ${value}`).join('\n')
  return {
    said_name: facts.name,
    said_times: timesInWords(facts),
    said_zone: zoneInWords(facts),
    said_target: targetInWords({ ...facts, ...(await nameTarget(db, facts)) }).words,
    said_computers: computers,
    said_rules: lines(rulesInWords(facts)),
    said_options: lines(optionsInWords(facts.options)),
  }
}
