import type { Generated } from 'kysely'

// The rows of who may sign in, and of how they show who they are. See schema.ts.

export interface UserAccountTable {
  person_id: number
  email_key: string
  /** Null for somebody who signs in by a passkey or another provider only. */
  password_hash: string | null
  password_changed_at: string | null
  has_second_factor: Generated<number>
  /** When a second factor must be set up at the latest; null while none is required. */
  second_factor_due_at: string | null
  /** What authenticators know the person by: made by chance, so that it tells nothing. */
  passkey_handle: string | null
}

export interface SessionTable {
  id: Generated<number>
  token_hash: string
  person_id: number
  created_at: string
  last_seen_at: string
  expires_at: string
  user_agent: string
  /** When the person last showed who they are. */
  verified_at: string
  /** Whether they did so by two factors when they signed in. */
  two_factors: Generated<number>
}

/** A browser in which a person has signed in before. */
export interface KnownDeviceTable {
  id: Generated<number>
  token_hash: string
  person_id: number
  last_used_at: string
}

/** A key in a device or a password manager, which signs in by itself. */
export interface PasskeyTable {
  id: Generated<number>
  person_id: number
  name: string
  /** What the authenticator calls the key; base64url, as is the public key (COSE). */
  credential_id: string
  public_key: string
  /** How often it was used, by its own account; 0 where it does not count. */
  counter: number
  transports: string
  created_at: string
  last_used_at: string | null
}

/** An authenticator app. Until it is confirmed by a code it counts for nothing. */
export interface TotpTable {
  person_id: number
  /** Sealed. */
  secret: string
  created_at: string
  confirmed_at: string | null
  /** The last 30 seconds (counted from 1970) whose code was used. */
  last_step: Generated<number>
}

export interface RecoveryCodeTable {
  id: Generated<number>
  person_id: number
  code_hash: string
  used_at: string | null
}

/** Somebody whose password was right, and who has yet to show a second factor. */
export interface PendingSignInTable {
  id: Generated<number>
  token_hash: string
  person_id: number
  expires_at: string
}

/** What a passkey is to sign: once, soon, and in the browser that asked for it. */
export interface PasskeyChallengeTable {
  id: Generated<number>
  challenge: string
  purpose: 'register' | 'sign_in' | 'verify'
  holder_hash: string
  address: string
  expires_at: string
}

export interface ApiTokenTable {
  id: Generated<number>
  tenant_id: number
  person_id: number
  name: string
  prefix: string
  token_hash: string
  expires_at: string | null
  last_used_at: string | null
  /** JSON list of the permissions that the token is confined to; null for all of its owner's. */
  permissions: string | null
}

export interface SignInFailureTable {
  id: Generated<number>
  account_key: string
  address: string
  at: string
}

/** That a person was invited to become a user, and has not come yet. */
export interface InvitationTable {
  person_id: number
  token_hash: string
  /** The name of who invited. */
  invited_by: string
  created_at: string
  expires_at: string
}
