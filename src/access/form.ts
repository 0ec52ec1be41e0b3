import { domainToUnicode } from 'node:url'
import { z } from 'zod'
import { NameText } from '../web/names.ts'
import { type Permission, permissions } from './permissions.ts'
import { passwordProblem } from './password-rules.ts'

/** Sent passwords longer than any that can be set are refused before they are hashed. */
const SentPassword = z
  .string('Enter your password.')
  .min(1, 'Enter your password.')
  .max(1024, 'This is longer than a password can be.')

/** Where one wanted to go. */
const Next = z.string().max(4096).optional()

/** An address: dots and signs, or a text in quotes, at a domain in any script, or at an IP address. */
const ADDRESS =
  /^(?:[^\s@"(),:;<>[\]\\]+|"(?:[^"\\]|\\[^\s])+")@(?:[^\s@"(),:;<>[\]\\.]+(?:\.[^\s@"(),:;<>[\]\\.]+)+|\[[\da-fA-FIPv:.]+\])$/

export const Email = z
  .string('Enter an e-mail address.')
  .trim()
  .min(1, 'Enter an e-mail address.')
  .max(254, 'Use 254 characters or fewer.')
  .refine(
    (email) => email.isWellFormed() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(email),
    'Leave out characters that cannot be seen.',
  )
  .refine((email) => ADDRESS.test(email), 'Enter an e-mail address like name@example.com.')

/**
 * Two addresses with the same key are the same address: case does not count, nor whether a domain is
 * written in its script or in the letters that stand for it (`xn--…`).
 */
export function emailKey(email: string) {
  const at = email.lastIndexOf('@')
  const domain = email.slice(at + 1)
  const local = email
    .slice(0, at + 1)
    .normalize('NFC')
    .toLowerCase()
  return local + (domainToUnicode(domain) || domain.normalize('NFC').toLowerCase())
}

export const SetupInput = z
  .strictObject({
    organisation: NameText(),
    name: NameText(),
    email: Email,
    password: z
      .string('Choose a password.')
      .min(1, 'Choose a password.')
      .max(1024, 'Use 256 characters or fewer.'),
  })
  .superRefine(({ organisation, name, email, password }, context) => {
    const message = passwordProblem(password, [organisation, name, email])
    if (message) context.addIssue({ code: 'custom', path: ['password'], message })
  })

export type SetupInput = z.infer<typeof SetupInput>

export const SignInInput = z.strictObject({
  email: Email,
  password: SentPassword,
  next: Next,
})

export type SignInInput = z.infer<typeof SignInInput>

/** What a person sends to change the password; `about` is what others know of them. */
export const passwordChangeInput = (about: string[]) =>
  z
    .strictObject({
      current: SentPassword,
      password: z.string('Choose a password.').max(1024, 'Use 256 characters or fewer.'),
    })
    .superRefine(({ password }, context) => {
      const message = passwordProblem(password, about)
      if (message) context.addIssue({ code: 'custom', path: ['password'], message })
    })

const SentCode = z
  .string('Enter a code.')
  .trim()
  .min(1, 'Enter a code.')
  .max(64, 'This is longer than a code can be.')

/** What an authenticator has signed, as JSON. It is empty where the browser runs no script. */
const SentCredential = z
  .string('Use your passkey.')
  .min(1, 'Use your passkey.')
  .max(16_384, 'This is no passkey.')

export const CodeInput = z.strictObject({ code: SentCode, next: Next })

/** A code of a new app, to show that it works. */
export const ConfirmInput = z.strictObject({ code: SentCode })

export const PasskeyInput = z.strictObject({ credential: SentCredential, next: Next })

export const NewPasskeyInput = z.strictObject({ name: NameText(), credential: SentCredential })

/** One of the ways to show again who one is. */
export const VerifyInput = z.union([
  z.strictObject({ password: SentPassword, next: Next }),
  CodeInput,
  PasskeyInput,
])

/** How many days a new API token may live; 0 is for good. */
const tokenLifetimes = [30, 90, 365, 0] as const

/** Each permission is a checkbox of its own. */
const chosen = Object.fromEntries(
  permissions.map((permission) => [permission, z.literal('on').optional()]),
) as Record<Permission, z.ZodOptional<z.ZodLiteral<'on'>>>

/** What a person sends for a new token, who has these permissions to give. */
export const tokenInput = (own: Permission[]) =>
  z
    .strictObject({
      name: NameText(),
      days: z
        .enum(tokenLifetimes.map(String), 'Choose how long the token is to live.')
        .transform(Number),
      scope: z.enum(['all', 'some'], 'Choose what the token may do.').default('all'),
      ...chosen,
    })
    .transform(({ name, days, scope, ...sent }, context) => {
      const limit = permissions.filter((permission) => sent[permission] === 'on')
      const refuse = (message: string) =>
        context.addIssue({ code: 'custom', path: ['scope'], message })
      if (scope === 'some' && limit.length === 0) refuse('Choose at least one permission.')
      if (limit.some((permission) => !own.includes(permission)))
        refuse('You can give a token only what you may do yourself.')
      return { name, days, limit: scope === 'all' ? null : withSight(limit) }
    })

/** Whoever may not see a tenant may do nothing there. */
export const withSight = (limit: Permission[]): Permission[] => [
  ...new Set<Permission>(['tenant.view', ...limit]),
]

/** The password that an invited person chooses; `about` is what others know of them. */
export const invitedPasswordInput = (about: string[]) =>
  z
    .strictObject({
      password: z
        .string('Choose a password.')
        .min(1, 'Choose a password.')
        .max(1024, 'Use 256 characters or fewer.'),
    })
    .superRefine(({ password }, context) => {
      const message = passwordProblem(password, about)
      if (message) context.addIssue({ code: 'custom', path: ['password'], message })
    })
