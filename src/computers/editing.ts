import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Conflict, Invalid } from '../errors.ts'
import { writeTagNames } from '../tags/listed-names.ts'
import { type Form, freshForm, withError } from '../web/form.ts'
import { type ComparedField, savedOver } from '../web/saved-over.ts'
import { personText } from './find-person.ts'
import { kindLooks } from './kinds.ts'
import { type Computer, getComputer } from './queries.ts'
import { ownTagsOf } from './tagging.ts'

/** A computer as the form on its tab Edit shows it. */
export async function formOf(db: Db, actor: Actor, computer: Computer): Promise<Form> {
  const { tenant_id, primary_person_id } = computer
  return freshForm({
    name: computer.name,
    kind: computer.kind,
    serial_number: computer.serial_number,
    manufacturer: computer.manufacturer,
    model: computer.model,
    hardware_uuid: computer.hardware_uuid,
    operating_system: computer.operating_system,
    time_zone: computer.time_zone,
    person: await personText(db, actor, tenant_id, primary_person_id),
    tags: writeTagNames(await ownTagsOf(db, actor, computer)),
    version: String(computer.version),
  })
}

/**
 * When `error` says that the computer changed while its form was open: what differs, and the form
 * as it was typed, with the version that may now be saved over. Otherwise undefined.
 */
export async function conflictOf(db: Db, actor: Actor, id: number, form: Form, error: unknown) {
  if (!(error instanceof Conflict)) return undefined
  const computer = await getComputer(db, actor, id)
  if (form.values['version'] === String(computer.version)) return undefined
  const stored = await formOf(db, actor, computer)
  return savedOver('computer', fields, stored.values, form.values)
}

const fields: ComparedField[] = [
  { name: 'name', label: 'Name' },
  {
    name: 'kind',
    label: 'Kind',
    words: (value = '') => kindLooks[value as keyof typeof kindLooks]?.label ?? 'Nothing',
  },
  { name: 'serial_number', label: 'Serial number' },
  { name: 'manufacturer', label: 'Manufacturer' },
  { name: 'model', label: 'Model' },
  { name: 'hardware_uuid', label: 'Hardware UUID' },
  { name: 'operating_system', label: 'Operating system' },
  { name: 'time_zone', label: 'Time zone' },
  { name: 'person', label: 'Primary person' },
  { name: 'tags', label: 'Tags' },
]

/** A form with the messages of a refusal at its fields. Throws on what is no refusal. */
export function withRefusal(form: Form, error: unknown): Form {
  if (error instanceof Conflict) return withError(form, '', error.message)
  if (!(error instanceof Invalid)) throw error
  const { parent, tenant_id = parent, ...errors } = error.fields
  return { values: form.values, errors: tenant_id ? { ...errors, tenant: tenant_id } : errors }
}
