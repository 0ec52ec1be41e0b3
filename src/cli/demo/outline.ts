import { type TenantKind, tenantKinds } from '../../tenants/kinds.ts'

/** A tenant of an outline, with its path below "All tenants". */
export type OutlinedTenant = {
  path: string
  parent_path: string
  name: string
  kind: TenantKind
  description: string
}

/** Reads an outline: two spaces for each level, then `kind: name — description`. */
export function readOutline(outline: string): OutlinedTenant[] {
  const above: string[] = []
  return outline
    .trim()
    .split('\n')
    .map((line) => {
      const depth = line.search(/\S/) / 2
      const [head, description = ''] = line.trim().split(' — ')
      const { kind, name } = readHead(head!)
      above.length = depth
      const parent_path = above.join('/')
      above.push(name)
      return { path: above.join('/'), parent_path, name, kind, description }
    })
}

function readHead(head: string): { kind: TenantKind; name: string } {
  const [word, name] = head.split(/: (.*)/)
  const kind = tenantKinds.find((known) => known === word)
  return kind ? { kind, name: name! } : { kind: 'client', name: head }
}
