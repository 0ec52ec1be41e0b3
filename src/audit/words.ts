/**
 * What each kind of operation is called in a history: what was done, to stand before "by whom".
 * A feature that adds a kind of operation adds its words here.
 */
const operationWords: Record<string, string> = {
  'tenant.create': 'Created tenant',
  'tenant.update': 'Changed tenant',
  'tenant.delete': 'Deleted tenant',
  'tenant.import': 'Imported tenants',
  'tenant.batch_set_parent': 'Set parent of tenants',
  'tenant.batch_set_kind': 'Set kind of tenants',
  'tenant.batch_activate': 'Activated tenants',
  'tenant.batch_deactivate': 'Deactivated tenants',
  'tenant.batch_delete': 'Deleted tenants',
  'tenant.merge': 'Merged tenants',
  'tenant.remove_alias': 'Removed a former name of a tenant',
  'person.create': 'Created person',
  'person.update': 'Changed person',
  'person.delete': 'Deleted person',
  'person.activate': 'Activated person',
  'person.deactivate': 'Deactivated person',
  'person.invite': 'Invited person',
  'person.batch_set_tenant': 'Set tenant of people',
  'person.batch_add_tag': 'Added tag to people',
  'person.batch_remove_tag': 'Removed tag from people',
  'person.batch_invite': 'Invited people',
  'person.batch_activate': 'Activated people',
  'person.batch_deactivate': 'Deactivated people',
  'person.batch_delete': 'Deleted people',
  'person.import': 'Imported people',
  'person.tag': 'Added tag',
  'person.untag': 'Removed tag',
  'invitation.redeem': 'Accepted invitation',
  'tag.create': 'Created tag',
  'tag.update': 'Changed tag',
  'tag.delete': 'Deleted tag',
  'computer.create': 'Added computer',
  'computer.update': 'Changed computer',
  'computer.delete': 'Deleted computer',
  'computer.restore': 'Restored computer',
  'computer.purge': 'Removed computer for good',
  'computer.import': 'Imported computers',
  'computer.sync': 'Took in what an integration reported',
  'computer.batch_change_tenant': 'Changed tenant of computers',
  'computer.batch_add_tag': 'Added tag to computers',
  'computer.batch_remove_tag': 'Removed tag from computers',
  'computer.tag': 'Added tag',
  'computer.untag': 'Removed tag',
  'tenant.tag': 'Added tag',
  'tenant.untag': 'Removed tag',
  'tenant.batch_add_tag': 'Added tag to tenants',
  'tenant.batch_remove_tag': 'Removed tag from tenants',
  'computer.batch_set_person': 'Set primary person of computers',
  'computer.batch_activate': 'Marked computers as active',
  'computer.batch_exclude': 'Excluded computers from maintenance',
  'computer.batch_include': 'Included computers in maintenance',
  'computer.batch_delete': 'Deleted computers',
  'computer.batch_restore': 'Restored computers',
  'computer.batch_purge': 'Removed computers for good',
  'computer_group.create': 'Created group of computers',
  'computer_group.update': 'Changed group of computers',
  'computer_group.delete': 'Deleted group of computers',
  'agent.decide': 'Decided which computer an agent is on',
  'preference.set': 'Set preference',
  'preference.unset': 'Reset preference to inherited',
  'exemption.grant': 'Granted exemption',
  'exemption.withdraw': 'Withdrew exemption',
  'access.grant': 'Gave access',
  'access.deny': 'Denied access',
  'access.withdraw': 'Withdrew access',
  'group.create': 'Created group',
  'group.update': 'Changed group',
  'group.delete': 'Deleted group',
  'group.add_member': 'Added a member to a group',
  'group.remove_member': 'Removed a member from a group',
  'access.ask': 'Asked for access',
  'access.answer': 'Answered a request for access',
  'role.create': 'Created role',
  'role.update': 'Changed role',
  'role.delete': 'Deleted role',
  'operation.undo': 'Took back an earlier change',
  'token.create': 'Created API token',
  'token.revoke': 'Revoked API token',
  'password.change': 'Changed password',
  'passkey.add': 'Added a passkey',
  'passkey.remove': 'Removed a passkey',
  'totp.set_up': 'Set up an authenticator app',
  'totp.remove': 'Removed the authenticator app',
  'factors.remove': 'Removed the second factors of a user',
  'recovery_codes.renew': 'Made new recovery codes',
  'identity_provider.create': 'Added provider of single sign-on',
  'identity_provider.update': 'Changed provider of single sign-on',
  'identity_provider.enable': 'Enabled provider of single sign-on',
  'identity_provider.disable': 'Disabled provider of single sign-on',
  'identity_provider.delete': 'Deleted provider of single sign-on',
  'identity.link': 'Linked single sign-on',
  'identity.unlink': 'Removed link of single sign-on',
  'setup.complete': 'Set up Tenantry',
}

/** An operation's kind in words; one without words of its own reads as it is spelled. */
export function operationInWords(kind: string) {
  const words = operationWords[kind]
  if (words) return words
  const [noun = '', verb = ''] = kind.replaceAll('_', ' ').split('.')
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}${verb && `: ${verb}`}`
}

const labels = Object.values(operationWords)

/** The same words are said of several things: a choice among them says of which. */
const isShared = (label: string) => labels.indexOf(label) !== labels.lastIndexOf(label)

/** The kinds that have words, for a choice among them, in the order of the words. */
export const knownKinds = Object.entries(operationWords)
  .map(([value, label]) => ({
    value,
    label: isShared(label) ? `${label} (${value.split('.')[0]})` : label,
  }))
  .toSorted((one, other) => one.label.localeCompare(other.label, 'en'))
