import { z } from 'zod'

const MAX_LENGTH = 200

/**
 * A field of an address that says how a list is. What cannot be read counts as not said, so that an
 * old or mangled address still shows a list.
 */
export const stateField = <Output>(schema: z.ZodType<Output>, otherwise: Output) =>
  z
    .preprocess((sent) => (Array.isArray(sent) ? sent[0] : sent), schema)
    .catch(otherwise)
    .default(otherwise as z.core.util.NoUndefined<Output>)

/** A text that is searched for: one line, not too long. */
export const SearchText = z.string().transform((text) =>
  text
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, MAX_LENGTH),
)

/** What a list is sorted by. */
export type Sorted<Key extends string> = { by: Key; descending: boolean }

/** A sort as it stands in an address: `name`, or `-name` from the end. */
export const sortText = ({ by, descending }: Sorted<string>) => (descending ? `-${by}` : by)

/** A sort in an address, by one of the keys. */
export const SortField = <Key extends string>(keys: readonly Key[]) =>
  z.templateLiteral([z.enum(['', '-']), z.enum(keys)]).transform((text): Sorted<Key> => {
    const descending = text.startsWith('-')
    return { by: (descending ? text.slice(1) : text) as Key, descending }
  })

/** An address with what is to stand after its `?`; what is empty is left out. */
export function addressOf(path: string, fields: string[][]) {
  const query = new URLSearchParams(fields.filter(([, value]) => value !== '')).toString()
  return query ? `${path}?${query}` : path
}
