import { type Form, freshForm, withError } from './form.ts'

/** The fields in which what was typed differs from what is stored now, in words. */
export type SavedOver = { label: string; stored: string; typed: string }[]

/** A field that is compared; without `words` it is shown as it is. */
export type ComparedField = { name: string; label: string; words?: (value?: string) => string }

type Values = Record<string, string>

/**
 * For a form whose row somebody else saved first: the form as it was typed, with the version that
 * may now be saved over, and what differs. `noun` is what the form is about: "tenant".
 */
export function savedOver(noun: string, fields: ComparedField[], stored: Values, typed: Values) {
  const saved_over: SavedOver = fields
    .map(({ name, label, words = asTyped }) => ({
      label,
      stored: words(stored[name]),
      typed: words(typed[name]),
    }))
    .filter((field) => field.stored !== field.typed)
  const values = { ...typed, version: stored['version']! }
  return { form: withSavedMeanwhile(noun, freshForm(values)), saved_over }
}

const withSavedMeanwhile = (noun: string, form: Form) =>
  withError(
    form,
    '',
    `Somebody else changed this ${noun} while you were editing, so nothing of yours is saved yet. ` +
      'Update replaces what is stored now with what is in this form.',
  )

/** Browsers send the line ends of a text in another way than they were stored. */
const asTyped = (value = '') => value.trim().replace(/\r\n?/g, '\n') || 'Nothing'
