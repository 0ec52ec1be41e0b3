import { z } from 'zod'

/** What overrides the direction of text, so that a name reads other than it is. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/

/** Letters, digits, signs and pictures: what leaves ink on paper. */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}\p{Mark}\p{Default_Ignorable_Code_Point}\u2800]/u

/** The name of something, as people write and read it: up to 200 characters of any script. */
export const NameText = (ask = 'Enter a name.', again = ask) =>
  z
    .string(again)
    .trim()
    .min(1, ask)
    .max(200, 'Use 200 characters or fewer.')
    .refine((name) => name.isWellFormed(), 'There is half a character in it. Type it again.')
    .refine(
      (name) => !/[\p{Cc}\u2028\u2029]/u.test(name),
      'Leave out line breaks and control characters.',
    )
    .refine((name) => !TURNING.test(name), 'Leave out characters that turn the direction of text.')
    .refine(
      (name) => name === '' || VISIBLE.test(name),
      'Use at least one character that can be seen.',
    )
