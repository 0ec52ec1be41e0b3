import { type Access, permits } from '../decide.ts'
import type { AccessExplanation, ExplainedGrant, Verdict } from '../explain.ts'
import { type Permission, permissionWords } from '../permissions.ts'
import type { NamedGrant } from './held-grants.ts'

/** One grant of somebody at a tenant, in words. */
export type AccessLine = {
  verdict: Verdict
  effect: 'allow' | 'deny'
  /** "Technician", or "Everything". */
  role: string
  from: { name: string; href: string | null; is_here: boolean }
  /** The group that has it; one of a tenant that the reader may not see has no name. */
  group: string | null
  expires_at: string | null
  /** What becomes of it, where that does not go without saying. */
  note: string
}

/** The grants of an explanation as lines, for a reader with this access, at the tenant `path`. */
export const toLines = (
  reader: Access,
  { grants }: AccessExplanation<NamedGrant>,
  path: string,
  can_sign_in: boolean,
): AccessLine[] =>
  grants.map((explained) => {
    const { grant, verdict } = explained
    const is_here = grant.path === path
    const is_seen = permits(reader, 'access.view', grant.path)
    return {
      verdict,
      effect: grant.effect,
      role: grant.role ?? 'Everything',
      from: {
        name: grant.node.name,
        href: is_seen && !is_here ? `/tenants/${grant.node.id}/access` : null,
        is_here,
      },
      group: grant.group && groupName(reader, grant.group),
      expires_at: grant.expires_at,
      note: noteOn(explained, can_sign_in),
    }
  })

const groupName = (reader: Access, group: NonNullable<NamedGrant['group']>) =>
  permits(reader, 'access.view', group.tenant_path) ? group.name : 'a group'

function noteOn({ verdict, denied_by }: ExplainedGrant<NamedGrant>, can_sign_in: boolean) {
  const denials = denied_by.map(({ role, node }) => `${role ?? 'everything'} at ${node.name}`)
  switch (verdict) {
    case 'gives':
      return denials.length > 0 ? `In part: ${denials.join(', ')} is denied.` : ''
    case 'denied':
      return `Gives nothing: ${denials.join(', ')} is denied.`
    case 'waits':
      return can_sign_in
        ? 'Gives nothing yet: nothing lets them see this tenant.'
        : 'Gives nothing yet: they cannot sign in.'
    case 'idle':
      return 'There is nothing that it takes away.'
    case 'denies':
    case 'expired':
      return ''
  }
}

/** What somebody may do, in words. */
export const inWords = (permissions: ReadonlySet<Permission>) =>
  [...permissions].map((permission) => permissionWords[permission])
