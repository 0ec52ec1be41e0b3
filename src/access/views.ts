import { view } from '../web/page.ts'
import type { Form } from '../web/form.ts'
import type { ListedPasskey } from './passkeys.ts'
import type { Permission, permissionWords } from './permissions.ts'
import type { QrCode } from './qr.ts'
import type { NewCodes } from './recovery-codes.ts'
import type { ListedSession } from './sessions.ts'
import type { ListedToken } from './tokens.ts'

export type Profile = { name: string; email: string; tenant_name: string }

/** Another way for somebody to show who they are: a link that leads there and comes back. */
export type OtherWay = {
  href: string
  label: string
  /** Whether it counts for two factors. */
  is_two_factors: boolean
}

/** How somebody shows who they are. */
export type Security = {
  passkeys: ListedPasskey[]
  totp: { confirmed_at: string } | null
  codes_left: number
  /** Shown this once. */
  new_codes: NewCodes | null
  has_password: boolean
  /** Whether this page was opened by a number, to which no passkey can belong. */
  is_by_number: boolean
  /** In how many days a second factor must be there; null when there is no need. */
  days_left: number | null
}

export const views = {
  setup: view<{ form: Form; action: string; password_hint: string }>('access/setup'),
  invitation: view<{
    form: Form
    action: string
    password_hint: string
    name: string
    email: string
    tenant_name: string
    invited_by: string
    providers: { slug: string; name: string }[]
  }>('access/invitation'),
  invitationGone: view<object>('access/invitation-gone'),
  signIn: view<{ form: Form; is_set_up: boolean; providers: { slug: string; name: string }[] }>(
    'access/sign-in',
  ),
  secondStep: view<{ form: Form }>('access/second-step'),
  verify: view<{
    form: Form
    has_password: boolean
    has_totp: boolean
    has_passkey: boolean
    other_ways: OtherWay[]
  }>('access/verify'),
  account: view<{ profile: Profile; sessions: ListedSession[] }>('access/account'),
  security: view<Security>('access/security'),
  newPasskey: view<{ form: Form }>('access/new-passkey'),
  totp: view<{ form: Form; key: string; qr: QrCode }>('access/totp'),
  password: view<{
    form: Form
    email: string
    password_hint: string
    changed: boolean
    has_password: boolean
  }>('access/password'),
  tokens: view<{ tokens: ListedToken[]; secret: string | null }>('access/tokens'),
  newToken: view<{ form: Form; permissions: Permission[]; words: typeof permissionWords }>(
    'access/new-token',
  ),
}
