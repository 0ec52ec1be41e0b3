/** A check that is taken away from the program: some test must notice. */
export type Mutant = {
  file: string
  /** What stands in the file, once. */
  without: string
  /** What stands there instead; nothing by default. */
  instead?: string
  /** The tests of which one must fail, the quickest first. */
  killed_by: string[]
  /** What it is called in the report; what is taken away, by default. */
  title?: string
}

const FORESTS = 'test/isolation/forests.test.ts'
const SCOPES = 'test/db/scope.test.ts'
const MATRIX = 'test/access/matrix.test.ts'
const DECISIONS = 'test/access/decide.test.ts'

const within = (file: string, killed_by: string, cuts: [string, string?][]): Mutant[] =>
  cuts.map(([without, instead = '']) => ({ file, without, instead, killed_by: [killed_by] }))

/** Every predicate and check on which it depends who may see and do what. */
export const mutants: Mutant[] = [
  ...within('src/access/decide.ts', FORESTS, [
    [` &&\n  (permission === 'tenant.view' || covers(access, 'tenant.view', path))`],
    ['(limit === null || limit.has(permission)) &&\n  '],
    [' &&\n  !reaches(denies, permission, path)'],
    ['path.startsWith(grant.path) && grant', 'grant'],
    [' && grant.permissions.has(permission))', ')'],
    [
      `if (limit && !(limit.has(permission) && limit.has('tenant.view'))) return { allow: [], deny: [] }`,
    ],
    [`limit.has(permission) && limit.has('tenant.view')`, 'limit.has(permission)'],
    [`limit.has(permission) && limit.has('tenant.view')`, `limit.has('tenant.view')`],
    [`...pathsOf(denies, permission), `],
    [`, ...pathsOf(denies, 'tenant.view')`],
    [
      `intersect(pathsOf(allows, permission), pathsOf(allows, 'tenant.view'))`,
      'pathsOf(allows, permission)',
    ],
    [`.filter((path) => !isBelowAny(path, deny))`],
    [` && inside.length === 0`],
    ['inside.map(branchOf)', '[]'],
  ]),
  ...within('src/access/decide.ts', DECISIONS, [
    [`permits(access, permission, path) &&\n  !access.denies`, '!access.denies'],
    [`deny.path.startsWith(path) &&\n      `],
    [`deny.permissions.has(permission) || `],
    [` || deny.permissions.has('tenant.view')`],
    [`expires_at === null || (until !== null && expires_at >= until)`, 'true'],
  ]),
  ...within('src/access/decide.ts', 'test/tenants/scope-writes.test.ts', [
    [`permits(access, one, parent_path) && !permits(access, one, path)`, 'false'],
    [`permits(access, one, parent_path) && !permits(access, one, path)`, 'true'],
  ]),
  ...within('src/db/scope.ts', FORESTS, [
    [', ...scope.deny.map((node) => eb.not(below(node)))'],
    ['eb.or(scope.allow.map(below)), '],
    [`eb(path, '>=', from as never), `],
    [`, eb(path, '<', to as never)`],
    [`\n      .where(within(scope, 'scoped.path'))`],
    [`\n      .whereRef('scoped.id', '=', column as never)`],
  ]),
  ...within('src/db/scope.ts', SCOPES, [
    [`eb(column as never, '=', tenant as never)`, `eb(eb.lit(1), '=', eb.lit(1))`],
  ]),
  ...within('src/db/scope-guard.ts', SCOPES, [
    ['    requireConfined(node, new Confined())\n'],
    [
      `  if (open) throw new Error(\`nothing confines "\${open.alias}" (table \${open.table}) to a scope\`)`,
    ],
    [`  if (node.kind === 'RawNode') refuseHiddenTables(node as Node)`],
    [`condition.kind === 'AndNode'`, `condition.kind.endsWith('Node') && condition['left']`],
    ['.filter(({ pair }) => pair.every(isTenant))'],
    [' && namesTenant(found, confined)'],
    [`, only: joined.alias`],
    ['!this.#tables.has(alias) && '],
    [`, 'UpdateQueryNode'`],
    [`, 'DeleteQueryNode'`],
  ]),
  ...within('src/access/visible.ts', FORESTS, [
    [` || !permits(asker.access, 'tenant.view', tenant.path)`],
    ['  if (!permits(asker.access, permission, tenant.path)) throw lacks(permission)\n'],
  ]),
  ...within('src/access/guard.ts', MATRIX, [
    [`    if (permission !== 'signed_in') await requirePermission(db, request, permission)\n`],
    [
      `    await requireTenant(db, actor, permission, readTenantId((params as { id: string }).id))`,
      '{}',
    ],
    [`await requireTenant(db, actor, permission, ROOT_ID)`, '{}'],
    [`if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)`, '{}'],
  ]),
  ...within('src/access/grants.ts', FORESTS, [
    [`\n      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))`],
    [`\n      .where('role_assignment.person_id', '=', person_id)`],
    [`\n      .where('person_id', '=', person_id)`],
    [`assignments.where('role_assignment.group_id', 'in', groups)`, 'assignments'],
    [`tenant.kind === 'msp' ? ROOT_PATH : tenant.path`, 'ROOT_PATH'],
    [`grantsOf(assignments, 'deny')`, '[]'],
    [`listed.has(permission)`, 'true'],
  ]),
  ...within('src/access/sessions.ts', FORESTS, [[`\n    .where('person.active', '=', 1)`]]),
  ...within('src/access/sessions.ts', 'test/access/sessions.test.ts', [
    [`expires_at <= now || `],
    [` || last_seen_at <= later(now, -IDLE_SECONDS)`],
  ]),
  ...within('src/access/tokens.ts', FORESTS, [[`\n    .where('person.active', '=', 1)`]]),
  ...within('src/access/tokens.ts', 'test/access/tokens.test.ts', [
    [
      `\n    .where((eb) =>\n      eb.or([eb('api_token.expires_at', 'is', null), eb('api_token.expires_at', '>', now)]),\n    )`,
    ],
  ]),
]
