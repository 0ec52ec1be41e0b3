/**
 * The files that may look past what the actor sees, by `everyTenant` or `everyTenantTx`: reviewed,
 * each with what for.
 */
export const lookingEverywhere: Record<string, string> = {
  'src/access/accounts.ts': 'an address to sign in with is looked for in every tenant',
  'src/access/assignments/commands.ts': 'an assignment may be of somebody in another tenant',
  'src/access/assignments/held-grants.ts':
    'what somebody holds anywhere explains what they may do here',
  'src/access/assignments/queries.ts': 'assignments at a tenant name people and groups of others',
  'src/access/assignments/reach.ts':
    'the person was found to be visible; their home is where their role holds',
  'src/access/assignments/reachers.ts': 'who reaches a tenant may be of any other',
  'src/access/assignments/report.ts':
    'who can reach every customer, for who may see that at All tenants',
  'src/access/current-actor.ts': 'who somebody is does not depend on what they see',
  'src/access/grants.ts': 'what somebody may do is read before there is a scope',
  'src/access/groups/commands.ts':
    'a person is in a group of one tenant, and an assignment to it may be anywhere',
  'src/access/last-administrator.ts': 'one administrator of All tenants must stay, whoever asks',
  'src/access/node-path.ts': 'the path of a node that was admitted',
  'src/access/oidc/identities.ts': 'an account at a provider is looked for in every tenant',
  'src/access/oidc/providers.ts': 'whoever signs in has no scope yet',
  'src/access/passkeys.ts': 'whoever signs in has no scope yet',
  'src/access/pending-sign-ins.ts': 'whoever signs in has no scope yet',
  'src/access/raising.ts': 'what the users of a tenant would have decides, seen or not',
  'src/access/requests/commands.ts': 'who asks for a tenant does not see it',
  'src/access/requests/queries.ts':
    'who asks is shown to whoever may grant access to what is asked for',
  'src/access/roles/commands.ts': 'a role that anybody has cannot be deleted',
  'src/access/sessions.ts': 'a session is looked for before there is a scope',
  'src/access/setup.ts': 'whether there is any MSP tenant',
  'src/access/tokens.ts': 'a token is looked for before there is a scope; the own ones are listed',
  'src/access/visible.ts': 'finds out whether a tenant is visible',
  'src/audit/names.ts': 'finds the tenants of what is named, to see whether they are visible',
  'src/cli/demo/fill.ts': 'the demonstration needs an empty database',
  'src/db/audit-chain.ts': 'an operation is hashed as a whole',
  'src/db/undo.ts': 'an operation is undone as a whole',
  'src/preferences/chain-as-of.ts': 'what is inherited comes from nodes that one need not see',
  'src/preferences/chain.ts': 'what is inherited comes from nodes that one need not see',
  'src/preferences/commands.ts': 'a lock above counts for who does not see it',
  'src/preferences/skeleton.ts': 'the impact of a change is measured in all that inherits it',
  'src/tenants/batch/selection.ts': 'the names of parents, which may be shown',
  'src/tenants/contents.ts': 'what is in a tenant keeps it, seen or not',
  'src/tenants/csv/apply.ts': 'the next free id',
  'src/tenants/csv/existing.ts': 'slugs and names are not given twice, whoever has them',
  'src/tenants/csv/write.ts': 'whether the parent of an exported tenant is visible',
  'src/tenants/find-parent.ts': 'a path may lead past nodes that one does not see',
  'src/tenants/hidden.ts': 'what is denied has to be taken off the counts',
  'src/tenants/places.ts': 'the rules of the tree see all of it',
  'src/tenants/queries.ts': 'the names above a tenant, which may be shown',
  'src/tenants/search.ts': 'the names above a tenant, which may be shown',
  'src/tenants/slugs.ts': 'slugs are not given twice, whoever has them',
}
