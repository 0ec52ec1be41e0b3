/** What each of the cast is answered: everybody sends the same, and nothing but the request. */
export type Answers = {
  /** Somebody who is not signed in, and who sends no token. */
  anonymous: number
  /** Charlie, administrator of another client, Rival. */
  stranger: number
  /** Dana, who only reads, at Acme. */
  reader: number
  /** Bob, technician at Acme. */
  technician: number
  /** Alice, administrator of All tenants. */
  administrator: number
}

type Expectation = Answers & {
  /** The address that is asked for, where ":id" is not to be 3, the client Acme. */
  address?: string
}

/** The same for everybody who is signed in. */
const everybody = (anonymous: number, others: number): Answers => ({
  anonymous,
  stranger: others,
  reader: others,
  technician: others,
  administrator: others,
})

const page = everybody(303, 200)
const form = everybody(303, 422)
const action = everybody(303, 303)
const nothing = everybody(303, 404)
const json = everybody(401, 200)
const jsonBody = everybody(401, 422)
const jsonNothing = everybody(401, 404)

/** The least of the roles that may do it. */
type Role = 'reader' | 'technician' | 'administrator'

/** For those at Acme who have at least this role: the stranger does not even see Acme. */
const atAcme = (answers: Answers, least: Role): Answers => ({
  ...answers,
  stranger: 404,
  ...(least !== 'reader' && { reader: 403 }),
  ...(least === 'administrator' && { technician: 403 }),
})

/** For those who have at least this role anywhere, which the stranger has at Rival. */
const anywhere = (answers: Answers, least: Role): Answers => ({
  ...atAcme(answers, least),
  stranger: answers.stranger,
})

/** For those at All tenants, which the others do not even see. */
const atRoot = (answers: Answers): Answers => ({
  ...answers,
  stranger: 404,
  reader: 404,
  technician: 404,
})

/**
 * Who gets which answer from which route, as `METHOD /path` is declared. A route that is missing
 * here fails the test, so whoever adds a route adds its line:
 * - what everybody may do who is signed in: `page`, `form` (422, because nothing was filled in),
 *   `action` (which leads on), `nothing` (what :id names is not there); for the API `json`,
 *   `jsonBody` (422), `jsonNothing`
 * - what needs a role at the tenant that the address names: `atAcme(page, 'technician')`
 * - what needs a role at any tenant: `anywhere(form, 'administrator')`
 * - where the address must be real: `{ ...atAcme(page, 'reader'), address: '/tenants/3/x' }`
 * - anything else: the five answers, `{ ...page, reader: 403 }`
 * HEAD is what GET is. Static files are left out: they are public, and named by their content.
 */
export const matrix: Record<string, Expectation> = {
  'GET /': action,
  'GET /livez': everybody(200, 200),
  'GET /readyz': everybody(200, 200),

  'GET /sign-in': everybody(200, 303),
  'POST /sign-in': everybody(422, 422),
  'POST /sign-out': action,
  'POST /sign-out-everywhere': action,
  'GET /sign-in/second-step': action,
  'POST /sign-in/second-step': action,
  'POST /sign-in/passkey/challenge': everybody(200, 200),
  'POST /sign-in/passkey': everybody(422, 422),
  'GET /verify': page,
  'POST /verify': form,
  'POST /verify/challenge': everybody(303, 200),
  'GET /account': page,
  'POST /account/sessions/:id/end': { ...nothing, address: '/account/sessions/999/end' },
  'GET /account/security': page,
  'GET /account/passkeys/new': page,
  'POST /account/passkeys/challenge': everybody(303, 200),
  'POST /account/passkeys': form,
  'POST /account/passkeys/:id/removal': nothing,
  'GET /account/totp': action,
  'POST /account/totp': action,
  'POST /account/totp/confirmation': action,
  'POST /account/totp/removal': nothing,
  'POST /account/recovery-codes': everybody(303, 409),
  'GET /account/password': page,
  'POST /account/password': form,
  'GET /account/tokens': page,
  'GET /account/tokens/new': page,
  'POST /account/tokens': form,
  'POST /account/tokens/:id/revocations': {
    ...nothing,
    address: '/account/tokens/999/revocations',
  },

  'GET /roles': atRoot(page),
  'GET /roles/new': atRoot(page),
  'POST /roles': atRoot(form),
  'GET /roles/:id': atRoot(page),
  'POST /roles/:id': atRoot(form),
  'POST /roles/:id/deletion': atRoot(everybody(303, 409)),
  'GET /sign-in/with/:slug': { ...everybody(404, 303), address: '/sign-in/with/northwind' },
  'GET /sign-in/oidc/callback': everybody(422, 422),
  'GET /account/single-sign-on': page,
  'POST /account/single-sign-on/:id/link': nothing,
  'POST /account/single-sign-on/:id/removal': nothing,
  'GET /verify/with/:id': nothing,
  'GET /single-sign-on': atRoot(page),
  'GET /single-sign-on/new': atRoot(page),
  'POST /single-sign-on': atRoot(form),
  'GET /single-sign-on/:id': atRoot(nothing),
  'GET /single-sign-on/:id/edit': atRoot(nothing),
  'POST /single-sign-on/:id/edit': atRoot(nothing),
  'POST /single-sign-on/:id/test': atRoot(nothing),
  'POST /single-sign-on/:id/enabling': atRoot(nothing),
  'POST /single-sign-on/:id/disabling': atRoot(nothing),
  'POST /single-sign-on/:id/deletion': atRoot(nothing),

  'GET /tenants/:id/access': atAcme(page, 'reader'),
  'POST /tenants/:id/access/:assignment_id/withdrawal': atAcme(nothing, 'administrator'),
  'GET /people/:id/access': { ...nothing, address: '/people/999/access' },
  'GET /assignments/new': anywhere(page, 'administrator'),
  'GET /assignments/subjects': anywhere(page, 'administrator'),
  'POST /assignments': anywhere(form, 'administrator'),

  'GET /groups': page,
  'GET /groups/new': anywhere(page, 'administrator'),
  'POST /groups': anywhere(form, 'administrator'),
  'GET /groups/:id': nothing,
  'POST /groups/:id': anywhere(nothing, 'administrator'),
  'POST /groups/:id/members': anywhere(nothing, 'administrator'),
  'POST /groups/:id/members/:person_id/removal': anywhere(nothing, 'administrator'),
  'POST /groups/:id/deletion': anywhere(nothing, 'administrator'),

  'GET /access-requests': page,
  'POST /access-requests': form,
  'GET /access-requests/:id': anywhere(nothing, 'administrator'),
  'POST /access-requests/:id/grant': anywhere(nothing, 'administrator'),
  'POST /access-requests/:id/denial': anywhere(nothing, 'administrator'),
  'GET /access-report': atRoot(page),
  'GET /notifications': page,
  'POST /notifications/reading': form,

  'GET /tenants': page,
  'GET /people': page,
  'GET /people/new': anywhere(page, 'technician'),
  'POST /people/batches': form,
  'GET /people/export.csv': anywhere(page, 'technician'),
  'GET /people/import': anywhere(page, 'administrator'),
  'POST /people/import': anywhere(form, 'administrator'),
  'POST /people': anywhere(form, 'technician'),
  // 3 is Dana, who reads at Acme.
  'GET /people/:id': atAcme(page, 'reader'),
  'GET /people/:id/history': atAcme(page, 'reader'),
  'GET /people/:id/edit': { ...atAcme(page, 'technician'), reader: 403 },
  'POST /people/:id/edit': { ...atAcme(form, 'technician'), reader: 403 },
  'POST /people/:id/activation': { ...atAcme(action, 'technician') },
  'POST /people/:id/deactivation': { ...atAcme(action, 'administrator') },
  'POST /people/:id/deletion': { ...atAcme(action, 'administrator') },
  'POST /people/:id/invitations': { ...atAcme(page, 'administrator') },
  'POST /people/:id/tags': { ...anywhere(form, 'technician') },
  'POST /people/:id/tags/removal': { ...anywhere(form, 'technician') },
  'GET /tags': anywhere(page, 'administrator'),
  'GET /tags/new': anywhere(page, 'administrator'),
  'POST /tags': anywhere(form, 'administrator'),
  'GET /tags/:id/edit': anywhere(nothing, 'administrator'),
  'POST /tags/:id/edit': anywhere(nothing, 'administrator'),
  'POST /tags/:id/deletion': anywhere(nothing, 'administrator'),
  'GET /invitations/:secret': everybody(410, 410),
  'POST /invitations/:secret': everybody(410, 410),

  'GET /tenants/new': anywhere(page, 'administrator'),
  'GET /tenants/options': page,
  'POST /tenants': anywhere(form, 'administrator'),
  'GET /tenants/:id': atAcme(page, 'reader'),
  'GET /tenants/:id/children': atAcme(page, 'reader'),
  'GET /tenants/:id/edit': atAcme(page, 'technician'),
  'POST /tenants/:id/edit': atAcme(form, 'technician'),
  'GET /tenants/:id/history': atAcme(page, 'reader'),
  'GET /history': page,
  'GET /history/export.csv': page,
  'GET /history/export.json': page,
  'GET /history/:id': { ...page, address: '/history/1' },
  'GET /history/:id/undo': { ...page, address: '/history/1/undo' },
  'POST /history/:id/undo': { ...nothing, address: '/history/999999/undo' },
  'GET /search': page,
  'GET /search/results': page,

  'GET /computers': page,
  'GET /computers/new': anywhere(page, 'technician'),
  'POST /computers': anywhere(form, 'technician'),
  'GET /computers/:id': { ...nothing, address: '/computers/999' },
  'GET /computers/:id/preferences': { ...nothing, address: '/computers/999/preferences' },
  'GET /computers/:id/history': { ...nothing, address: '/computers/999/history' },
  'GET /computers/:id/edit': { ...anywhere(nothing, 'technician'), address: '/computers/999/edit' },
  'POST /computers/:id/edit': {
    ...anywhere(nothing, 'technician'),
    address: '/computers/999/edit',
  },
  'GET /computers/:id/removal': {
    ...anywhere(nothing, 'administrator'),
    address: '/computers/999/removal',
  },
  'POST /computers/:id/removal': {
    ...anywhere(nothing, 'administrator'),
    address: '/computers/999/removal',
  },
  'GET /computers/undecided': anywhere(page, 'technician'),
  'GET /computers/undecided/:id': {
    ...anywhere(nothing, 'technician'),
    address: '/computers/undecided/999',
  },
  'POST /computers/undecided/:id': {
    ...anywhere(nothing, 'technician'),
    address: '/computers/undecided/999',
  },
  'POST /computers/batches': form,
  'GET /computers/export.csv': anywhere(page, 'technician'),
  'GET /computers/import': anywhere(page, 'administrator'),
  'POST /computers/import': anywhere(form, 'administrator'),
  'POST /tenants/batches': anywhere(form, 'technician'),
  'GET /tenants/import': anywhere(page, 'administrator'),
  'POST /tenants/import': anywhere(form, 'administrator'),
  'GET /tenants/export.csv': anywhere(page, 'technician'),
  'GET /jobs': page,
  'GET /jobs/:id': nothing,
  'GET /jobs/:id/events': nothing,
  'POST /jobs/:id/draft': nothing,
  'POST /jobs/:id/start': nothing,
  'POST /jobs/:id/cancel': nothing,

  'GET /tenants/:id/preferences': atAcme(page, 'reader'),
  'GET /tenants/:id/compare': atAcme(page, 'reader'),
  'GET /tenants/:id/preferences/:key': {
    ...atAcme(page, 'technician'),
    address: '/tenants/3/preferences/maintenance.time_zone',
  },
  'POST /tenants/:id/preferences/:key': {
    ...atAcme(form, 'technician'),
    address: '/tenants/3/preferences/maintenance.time_zone',
  },
  'GET /tenants/:id/inheritance': atAcme(page, 'administrator'),
  'POST /tenants/:id/inheritance': atAcme(form, 'administrator'),
  'GET /tenants/:id/preferences/:key/impact': {
    ...atAcme(page, 'technician'),
    address:
      '/tenants/3/preferences/maintenance.time_zone/impact?choice=own&value=Europe/London&lock=none',
  },
  'GET /tenants/:id/preferences/:key/exemption': {
    ...atAcme(everybody(303, 409), 'administrator'),
    address: '/tenants/3/preferences/maintenance.time_zone/exemption',
  },
  'POST /tenants/:id/preferences/:key/exemption': {
    ...atAcme(everybody(303, 409), 'administrator'),
    address: '/tenants/3/preferences/maintenance.time_zone/exemption',
  },
  'GET /tenants/:id/exemptions/:exemption_id/withdrawal': atAcme(nothing, 'administrator'),
  'POST /tenants/:id/exemptions/:exemption_id/withdrawal': atAcme(nothing, 'administrator'),

  'GET /api/v1/openapi.json': everybody(200, 200),
  'GET /api/v1/me': json,
  'GET /api/v1/tenants/:id/access': atAcme(json, 'reader'),
  'GET /api/v1/assignments': json,
  'POST /api/v1/assignments': anywhere(jsonBody, 'administrator'),
  'GET /api/v1/assignments/:id': jsonNothing,
  'DELETE /api/v1/assignments/:id': anywhere(jsonNothing, 'administrator'),
  'GET /api/v1/tokens': json,
  'POST /api/v1/tokens': jsonBody,
  'DELETE /api/v1/tokens/:id': { ...jsonNothing, address: '/api/v1/tokens/999' },
  'GET /api/v1/groups': json,
  'POST /api/v1/groups': anywhere(jsonBody, 'administrator'),
  'GET /api/v1/groups/:id': jsonNothing,
  'PATCH /api/v1/groups/:id': anywhere(jsonBody, 'administrator'),
  'DELETE /api/v1/groups/:id': anywhere(jsonNothing, 'administrator'),
  'GET /api/v1/groups/:id/members': jsonNothing,
  'PUT /api/v1/groups/:id/members/:person_id': anywhere(jsonNothing, 'administrator'),
  'DELETE /api/v1/groups/:id/members/:person_id': anywhere(jsonNothing, 'administrator'),
  'GET /api/v1/roles': json,
  'POST /api/v1/roles': atRoot(jsonBody),
  'GET /api/v1/roles/:id': json,
  'PATCH /api/v1/roles/:id': atRoot(jsonBody),
  'DELETE /api/v1/roles/:id': atRoot(everybody(401, 409)),
  'GET /api/v1/preferences': json,
  'GET /api/v1/people': json,
  'POST /api/v1/people': anywhere(jsonBody, 'technician'),
  'GET /api/v1/people/:id': atAcme(json, 'reader'),
  'PATCH /api/v1/people/:id': anywhere(jsonBody, 'technician'),
  'POST /api/v1/people/:id/invitations': atAcme(everybody(401, 201), 'administrator'),
  'DELETE /api/v1/people/:id': { ...atAcme(everybody(401, 204), 'administrator') },
  'GET /api/v1/tenants': json,
  'GET /api/v1/computers': json,
  'POST /api/v1/computers': anywhere(jsonBody, 'technician'),
  'GET /api/v1/computers/:id': { ...jsonNothing, address: '/api/v1/computers/999' },
  'PATCH /api/v1/computers/:id': {
    ...anywhere(jsonBody, 'technician'),
    address: '/api/v1/computers/999',
  },
  'DELETE /api/v1/computers/:id': {
    ...anywhere(jsonNothing, 'administrator'),
    address: '/api/v1/computers/999',
  },
  'POST /api/v1/computers/:id/restoration': {
    ...anywhere(jsonNothing, 'administrator'),
    address: '/api/v1/computers/999/restoration',
  },
  'POST /api/v1/computers/batch': jsonBody,
  'POST /api/v1/tenants': anywhere(jsonBody, 'administrator'),
  'GET /api/v1/tenants/:id': atAcme(json, 'reader'),
  'PATCH /api/v1/tenants/:id': atAcme(jsonBody, 'technician'),
  'DELETE /api/v1/tenants/:id': atAcme(everybody(401, 409), 'administrator'),
  'GET /api/v1/tenants/:id/history': atAcme(json, 'reader'),
  'GET /api/v1/operations': json,
  'GET /api/v1/operations/:id': { ...json, address: '/api/v1/operations/1' },
  'POST /api/v1/operations/:id/undo': {
    ...jsonBody,
    address: '/api/v1/operations/999999/undo',
  },
  'GET /api/v1/tenants/:id/preferences': atAcme(json, 'reader'),
  'PUT /api/v1/tenants/:id/preferences/:key': {
    ...atAcme(jsonBody, 'technician'),
    address: '/api/v1/tenants/3/preferences/maintenance.time_zone',
  },
  'DELETE /api/v1/tenants/:id/preferences/:key': {
    ...atAcme(everybody(401, 204), 'technician'),
    address: '/api/v1/tenants/3/preferences/maintenance.time_zone',
  },
  'GET /api/v1/tenants/:id/exemptions': atAcme(json, 'reader'),
  'POST /api/v1/tenants/:id/exemptions': atAcme(jsonBody, 'administrator'),
  'GET /api/v1/tenants/:id/exemptions/:exemption_id': atAcme(jsonNothing, 'reader'),
  'DELETE /api/v1/tenants/:id/exemptions/:exemption_id': atAcme(jsonNothing, 'administrator'),
}
