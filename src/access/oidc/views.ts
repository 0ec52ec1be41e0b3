import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'
import type { ListedIdentity } from './identities.ts'
import type { ListedProvider, Provider, SignInProvider } from './providers.ts'

/** What a test of a provider showed; null before one. */
export type TestResult = { works: boolean; message: string } | null

export const views = {
  refused: view<{ message: string }>('access/oidc/refused'),
  leave: view<{ href: string; name: string }>('access/oidc/leave'),
  account: view<{ identities: ListedIdentity[]; providers: SignInProvider[] }>(
    'access/oidc/account',
  ),
  list: view<{ providers: ListedProvider[] }>('access/oidc/list'),
  provider: view<{ provider: Provider; sign_in: string; callback: string; test: TestResult }>(
    'access/oidc/provider',
  ),
  edit: view<{ form: Form; provider: Provider | null; callback: string }>('access/oidc/edit'),
}
