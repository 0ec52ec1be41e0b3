import { z } from 'zod'
import type { FieldErrors } from '../errors.ts'
import type { Preference } from './catalogue.ts'
import {
  isWithin,
  type Bounds,
  type Entry,
  type Form,
  type NodeName,
  type Resolution,
  type Scalar,
} from './inheritance.ts'
import { boundable, formatBounds } from './value.ts'

const ScalarInput = z.union([z.string(), z.number(), z.boolean()])

const LockInput = z.union([
  z.null(),
  z.literal('fixed'),
  z.strictObject({
    min: ScalarInput.optional(),
    max: ScalarInput.optional(),
    allowed: z.array(ScalarInput).optional(),
  }),
])

const lock = LockInput.default(null)
const items = z.array(z.unknown()).max(1000, 'Use 1000 items or fewer.')

/** What a client may send to set a preference; `checkEntry` knows what fits which preference. */
export const EntryInput = z.union(
  [
    z.strictObject({ value: z.unknown(), lock }),
    z.strictObject({ reset: z.literal(true), lock }),
    z.strictObject({ add: items, remove: items, lock }),
  ],
  'Send a value, or reset, or add and remove; and a lock if you like.',
)
export type EntryInput = z.infer<typeof EntryInput>

export type EntryDraft = Pick<Entry, 'form' | 'lock'>

/** Why an entry may not be saved. The keys of `fields` are paths such as `lock.min`. */
export type Refusal =
  | { kind: 'locked'; by: NodeName; message: string }
  | { kind: 'out_of_bounds'; by: NodeName; bounds: Bounds; message: string }
  | { kind: 'invalid'; fields: FieldErrors; message: string }

export function toDraft({ lock, ...form }: EntryInput): EntryDraft {
  return { form, lock }
}

/**
 * Whether an entry may be saved at a tenant: null, or why not.
 *
 * @param resolution of this preference for that tenant, now, with or without its present entry
 */
export function checkEntry(
  preference: Preference,
  draft: EntryDraft,
  resolution: Resolution,
): Refusal | null {
  return (
    checkLocks(resolution) ??
    checkForm(preference, draft.form) ??
    checkLock(preference, draft) ??
    checkBounds(preference, draft.form, resolution)
  )
}

/** Rule 5: while a lock is in force, saving an entry below it is refused. */
function checkLocks({ locked_by }: Resolution): Refusal | null {
  if (!locked_by) return null
  return { kind: 'locked', by: locked_by, message: `Locked by ${locked_by.name}.` }
}

/** Rule 3: saving an entry that lies outside a bound in force is refused. */
function checkBounds(preference: Preference, form: Form, resolution: Resolution): Refusal | null {
  const value = 'value' in form ? form.value : preference.factory
  const broken = resolution.bounds.find(({ bounds }) => !isWithin(value, bounds))
  if (!broken) return null

  const { tenant_id, name, bounds } = broken
  const message = `Must be ${formatBounds(preference, bounds)}: bounded by ${name}.`
  return { kind: 'out_of_bounds', by: { tenant_id, name }, bounds, message }
}

/** A list takes additions and removals, anything else a value; both can be reset. */
function checkForm(preference: Preference, form: Form): Refusal | null {
  if ('reset' in form) return null
  if ('value' in form) {
    if (preference.merge === 'list') {
      return invalid('value', 'This is a list: say what to add and what to remove.')
    }
    return refuseUnfit(preference.schema, form.value, 'value')
  }
  if (!preference.item) return invalid('add', 'This is not a list: send a value.')
  return checkItems(preference.item, form)
}

function checkItems(item: z.ZodType, { add, remove }: { add: unknown[]; remove: unknown[] }) {
  const list = z.array(item)
  const unfit = refuseUnfit(list, add, 'add') ?? refuseUnfit(list, remove, 'remove')
  if (unfit) return unfit

  const both = add.find((added) => remove.includes(added))
  return both === undefined
    ? null
    : invalid('remove', `Both added and removed: ${JSON.stringify(both)}.`)
}

function checkLock(preference: Preference, { form, lock }: EntryDraft): Refusal | null {
  if (lock === null || lock === 'fixed') return null
  if (!('value' in form)) return invalid('lock', 'Only a value can carry bounds.')
  switch (boundable(preference)) {
    case 'range':
      return checkRange(preference, lock, form.value)
    case 'allowed':
      return checkAllowed(preference, lock, form.value)
    case 'none':
      return invalid('lock', 'This preference takes no bounds: lock it as fixed.')
  }
}

function checkRange({ schema }: Preference, lock: Bounds, value: unknown): Refusal | null {
  const { min, max, allowed } = lock
  if (allowed) return invalid('lock.allowed', 'Give a minimum, a maximum, or both.')
  if (min === undefined && max === undefined) return invalid('lock.min', 'Give at least one bound.')

  const unfit =
    (min === undefined ? null : refuseUnfit(schema, min, 'lock.min')) ??
    (max === undefined ? null : refuseUnfit(schema, max, 'lock.max'))
  if (unfit) return unfit
  if (isBefore(max, min)) return invalid('lock.max', 'The maximum lies below the minimum.')
  return isWithin(value, lock) ? null : invalid('value', 'The value lies outside its own bounds.')
}

function checkAllowed({ schema }: Preference, lock: Bounds, value: unknown): Refusal | null {
  const { min, max, allowed } = lock
  if (min !== undefined || max !== undefined || !allowed?.length) {
    return invalid('lock.allowed', 'Give the values that are allowed.')
  }
  const unfit = refuseUnfit(z.array(schema), allowed, 'lock.allowed')
  if (unfit) return unfit
  return isWithin(value, lock) ? null : invalid('value', 'The value is not one of those allowed.')
}

function isBefore(one: Scalar | undefined, other: Scalar | undefined) {
  return one !== undefined && other !== undefined && one < other
}

function refuseUnfit(schema: z.ZodType, value: unknown, field: string): Refusal | null {
  const message = schema.safeParse(value).error?.issues[0]?.message
  return message === undefined ? null : invalid(field, message)
}

function invalid(field: string, message: string): Refusal {
  return { kind: 'invalid', fields: { [field]: message }, message }
}
