import { z } from 'zod'
import type { TagColor } from '../db/tag-schema.ts'
import { NameText } from '../web/names.ts'
import { wholeText } from '../web/numbers.ts'

/** The colours that a tag may have, in words. Each is to be read on light and on dark. */
export const tagColors: Record<TagColor, string> = {
  gray: 'Gray',
  red: 'Red',
  orange: 'Orange',
  yellow: 'Yellow',
  green: 'Green',
  teal: 'Teal',
  blue: 'Blue',
  violet: 'Violet',
  pink: 'Pink',
}

/** What a tag is, as far as it can be typed. */
export const tagFields = {
  name: NameText(),
  color: z.enum(Object.keys(tagColors) as TagColor[], 'Choose a colour from the list.'),
  description: z
    .string('Enter one description, or none.')
    .trim()
    .max(500, 'Use 500 characters or fewer.')
    .refine((text) => text.isWellFormed(), 'There is half a character in it. Type it again.')
    .refine((text) => !/[^\P{Cc}\n\r\t]/u.test(text), 'Leave out control characters.'),
}

/** What the page "New tag" sends. */
export const NewTagForm = z.strictObject({
  ...tagFields,
  tenant: z.string('Enter one tenant.').trim().max(10_000, 'This path is too long.'),
})

/** What the page of a tag sends. Where a tag was made stays. */
export const EditTagForm = z.strictObject({
  ...tagFields,
  version: wholeText(1, Number.MAX_SAFE_INTEGER, 'Open this page again.'),
})

export type TagInput = { name: string; color: TagColor; description: string }
