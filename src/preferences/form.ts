import { z } from 'zod'
import type { FieldErrors } from '../errors.ts'
import type { Preference } from './catalogue.ts'
import type { EntryDraft } from './entry.ts'
import type { Lock, Scalar } from './inheritance.ts'
import type { StoredEntry } from './stored.ts'

/** One value, or several of the same name: what a query or a form has. */
const Texts = z
  .union([z.string().max(20_000), z.array(z.string().max(20_000)).max(1000)])
  .transform((given) => [given].flat())

const Text = z.string().max(20_000).optional()

/** What the editor of one preference sends; all of it text. */
export const EntryForm = z.strictObject({
  choice: z.enum(['own', 'factory', 'inherit'], 'Choose one of the three.').optional(),
  value: Text,
  add: Text,
  items: Texts.optional(),
  offered: Texts.optional(),
  lock: z.enum(['none', 'fixed', 'bounded'], 'Choose one of the locks offered.').optional(),
  min: Text,
  max: Text,
  allowed: Texts.optional(),
  version: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
  previewed: z.string().max(100).optional(),
  reason: z.string().trim().max(500, 'Use 500 characters or fewer.').optional(),
})
export type EntryForm = z.infer<typeof EntryForm>

/** What the editor shows of an entry that is there, or of what would be inherited without one. */
export function fillForm(
  preference: Preference,
  own: StoredEntry | undefined,
  inherited: unknown,
): EntryForm {
  const form = own?.form
  const lock = own?.lock ?? null
  const bounds = lock !== null && lock !== 'fixed' ? lock : {}
  const value = form && 'value' in form ? form.value : inherited
  return {
    choice: !form ? 'inherit' : 'reset' in form ? 'factory' : 'own',
    value: toText(value),
    add: '',
    items: listedItems(own, inherited)
      .filter(({ kept }) => kept)
      .map(({ item }) => item),
    lock: lock === null ? 'none' : lock === 'fixed' ? 'fixed' : 'bounded',
    min: toText(bounds.min ?? ''),
    max: toText(bounds.max ?? ''),
    allowed: bounds.allowed?.map(toText) ?? preference.options?.map((option) => option.value) ?? [],
    version: String(own?.version ?? 0),
  }
}

/** The items that the editor of a list offers: inherited or added here; kept, or taken out. */
export function listedItems(own: StoredEntry | undefined, inherited: unknown) {
  const { add, remove } = ownList(own)
  const standing = Array.isArray(inherited) ? inherited.map(toText) : []
  return [...new Set([...standing, ...add])].map((item) => ({
    item,
    kept: !remove.includes(item),
  }))
}

const ownList = (own: StoredEntry | undefined) =>
  own && 'add' in own.form
    ? { add: own.form.add.map(toText), remove: own.form.remove.map(toText) }
    : { add: [], remove: [] }

/**
 * The entry that a form describes; null for "inherit". Whether it fits is for `checkEntry`.
 *
 * @param own the entry that is there
 * @param inherited what would be in effect without it
 */
export function readForm(
  preference: Preference,
  form: EntryForm,
  own: StoredEntry | undefined,
  inherited: unknown,
): EntryDraft | null {
  if (form.choice === 'inherit' || form.choice === undefined) return null
  const lock = readLock(preference, form)
  if (form.choice === 'factory') return { form: { reset: true }, lock }
  if (preference.merge === 'list') return { form: readList(preference, form, own, inherited), lock }
  return { form: { value: fromText(preference, form.value ?? '') }, lock }
}

/**
 * A list is edited as it will be; what is stored of it is how it differs from the inherited one.
 * Items that were added or removed before stay so, even where the inherited list agrees by now.
 */
function readList(
  { options }: Preference,
  form: EntryForm,
  own: StoredEntry | undefined,
  inherited: unknown,
) {
  const standing = Array.isArray(inherited) ? inherited.map(toText) : []
  const before = ownList(own)
  const wanted = [...new Set([...(form.items ?? []), ...(options ? [] : lines(form.add ?? ''))])]
  // What the editor did not offer, because it came in meanwhile, is not taken out.
  const offered = form.offered ?? standing
  const unwanted = [...new Set([...standing, ...before.remove])].filter(
    (item) => !wanted.includes(item) && (offered.includes(item) || before.remove.includes(item)),
  )
  return {
    add: wanted.filter((item) => !standing.includes(item) || before.add.includes(item)),
    remove: unwanted,
  }
}

const lines = (text: string) =>
  text
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter(Boolean)

function readLock(preference: Preference, form: EntryForm): Lock {
  if (form.lock === 'fixed') return 'fixed'
  if (form.lock !== 'bounded') return null
  if (preference.control === 'select') return { allowed: form.allowed ?? [] }
  return {
    ...(form.min?.trim() && { min: fromText(preference, form.min) as Scalar }),
    ...(form.max?.trim() && { max: fromText(preference, form.max) as Scalar }),
  }
}

/** The value that a text stands for; a text that does not fit stays one, and will be refused. */
function fromText({ control }: Preference, text: string): unknown {
  const trimmed = text.trim()
  if (control === 'switch') return trimmed === 'on' ? true : trimmed === 'off' ? false : trimmed
  if (control === 'number') return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed
  return trimmed
}

function toText(value: unknown) {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Which field of the editor a message of `checkEntry` belongs to. */
export function toEditorFields(fields: FieldErrors): FieldErrors {
  const names: Record<string, string> = {
    'lock.min': 'min',
    'lock.max': 'max',
    'lock.allowed': 'allowed',
    remove: 'items',
  }
  return Object.fromEntries(
    Object.entries(fields).map(([field, message]) => [names[field] ?? field, message]),
  )
}

/** The form as it stands in an address. */
export function toQuery(form: EntryForm) {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(form))
    if (name !== 'previewed') for (const one of [value ?? []].flat()) query.append(name, one)
  return query.toString()
}
