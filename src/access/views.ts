import { view } from '../web/page.ts'
import type { Form } from '../web/form.ts'
import type { ListedSession } from './sessions.ts'
import type { ListedToken } from './tokens.ts'

export type Profile = { name: string; email: string; tenant_name: string }

export const views = {
  setup: view<{ form: Form; action: string; password_hint: string }>('access/setup'),
  signIn: view<{ form: Form; is_set_up: boolean }>('access/sign-in'),
  account: view<{ profile: Profile; sessions: ListedSession[] }>('access/account'),
  password: view<{ form: Form; email: string; password_hint: string; changed: boolean }>(
    'access/password',
  ),
  tokens: view<{ form: Form; tokens: ListedToken[]; secret: string | null }>('access/tokens'),
}
