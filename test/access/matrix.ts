type Expectation = {
  /** Answer to somebody who is not signed in, and who sends no token. */
  anonymous: number
  /** Answer to an administrator who sends nothing but the request: no form, no JSON. */
  administrator: number
  /** The address that is asked for, where ":id" is not to be 3, the client Acme. */
  address?: string
}

const page = { anonymous: 303, administrator: 200 }
const form = { anonymous: 303, administrator: 422 }
const action = { anonymous: 303, administrator: 303 }
const json = { anonymous: 401, administrator: 200 }
const jsonBody = { anonymous: 401, administrator: 422 }

/**
 * Who gets which answer from which route, as `METHOD /path` is declared. A route that is missing
 * here fails the test, so whoever adds a route adds its line:
 * - a page: `'GET /tenants/:id': page`; where an address must be real, `{ ...page, address: … }`
 * - a form: `'POST /tenants': form` (422, because nothing was filled in)
 * - an API route: `json` where it reads, `jsonBody` where it needs a body
 * HEAD is what GET is. Static files are left out: they are public, and named by their content.
 */
export const matrix: Record<string, Expectation> = {
  'GET /': { anonymous: 303, administrator: 303 },
  'GET /livez': { anonymous: 200, administrator: 200 },
  'GET /readyz': { anonymous: 200, administrator: 200 },

  'GET /sign-in': { anonymous: 200, administrator: 303 },
  'POST /sign-in': { anonymous: 422, administrator: 422 },
  'POST /sign-out': action,
  'POST /sign-out-everywhere': action,
  'GET /sign-in/second-step': { anonymous: 303, administrator: 303 },
  'POST /sign-in/second-step': { anonymous: 303, administrator: 303 },
  'POST /sign-in/passkey/challenge': { anonymous: 200, administrator: 200 },
  'POST /sign-in/passkey': { anonymous: 422, administrator: 422 },
  'GET /verify': page,
  'POST /verify': form,
  'POST /verify/challenge': { anonymous: 303, administrator: 200 },
  'GET /account': page,
  'POST /account/sessions/:id/end': { anonymous: 303, administrator: 404 },
  'GET /account/security': page,
  'GET /account/passkeys/new': page,
  'POST /account/passkeys/challenge': { anonymous: 303, administrator: 200 },
  'POST /account/passkeys': form,
  'POST /account/passkeys/:id/removal': { anonymous: 303, administrator: 404 },
  'GET /account/totp': { anonymous: 303, administrator: 303 },
  'POST /account/totp': action,
  'POST /account/totp/confirmation': action,
  'POST /account/totp/removal': { anonymous: 303, administrator: 404 },
  'POST /account/recovery-codes': { anonymous: 303, administrator: 409 },
  'GET /account/password': page,
  'POST /account/password': form,
  'GET /account/tokens': page,
  'POST /account/tokens': form,
  'POST /account/tokens/:id/revocations': { anonymous: 303, administrator: 404 },

  'GET /tenants': page,
  'GET /tenants/new': page,
  'GET /tenants/options': page,
  'POST /tenants': form,
  'GET /tenants/:id': page,
  'GET /tenants/:id/children': page,
  'GET /tenants/:id/edit': page,
  'POST /tenants/:id/edit': form,
  'GET /tenants/:id/history': page,
  'GET /history': { anonymous: 303, administrator: 303 },
  'GET /history/:id': { ...page, address: '/history/1' },
  'GET /search': page,
  'GET /search/results': page,

  'POST /tenants/batches': form,
  'GET /tenants/import': page,
  'POST /tenants/import': form,
  'GET /tenants/export.csv': page,
  'GET /jobs': page,
  'GET /jobs/:id': { anonymous: 303, administrator: 404 },
  'GET /jobs/:id/events': { anonymous: 303, administrator: 404 },
  'POST /jobs/:id/draft': { anonymous: 303, administrator: 404 },
  'POST /jobs/:id/start': { anonymous: 303, administrator: 404 },
  'POST /jobs/:id/cancel': { anonymous: 303, administrator: 404 },

  'GET /tenants/:id/preferences': page,
  'GET /tenants/:id/preferences/:key': {
    ...page,
    address: '/tenants/3/preferences/maintenance.time_zone',
  },
  'POST /tenants/:id/preferences/:key': {
    ...form,
    address: '/tenants/3/preferences/maintenance.time_zone',
  },
  'GET /tenants/:id/inheritance': { ...page, address: '/tenants/3/inheritance' },
  'POST /tenants/:id/inheritance': { ...form, address: '/tenants/3/inheritance' },
  'GET /tenants/:id/preferences/:key/impact': {
    ...page,
    address:
      '/tenants/3/preferences/maintenance.time_zone/impact?choice=own&value=Europe/London&lock=none',
  },
  'GET /tenants/:id/preferences/:key/exemption': {
    anonymous: 303,
    administrator: 409,
    address: '/tenants/3/preferences/maintenance.time_zone/exemption',
  },
  'POST /tenants/:id/preferences/:key/exemption': {
    anonymous: 303,
    administrator: 409,
    address: '/tenants/3/preferences/maintenance.time_zone/exemption',
  },
  'GET /tenants/:id/exemptions/:exemption_id/withdrawal': { anonymous: 303, administrator: 404 },
  'POST /tenants/:id/exemptions/:exemption_id/withdrawal': { anonymous: 303, administrator: 404 },

  'GET /api/v1/openapi.json': { anonymous: 200, administrator: 200 },
  'GET /api/v1/preferences': json,
  'GET /api/v1/tenants': json,
  'POST /api/v1/tenants': jsonBody,
  'GET /api/v1/tenants/:id': json,
  'PATCH /api/v1/tenants/:id': jsonBody,
  'DELETE /api/v1/tenants/:id': { anonymous: 401, administrator: 409 },
  'GET /api/v1/tenants/:id/history': json,
  'GET /api/v1/tenants/:id/preferences': json,
  'PUT /api/v1/tenants/:id/preferences/:key': {
    ...jsonBody,
    address: '/api/v1/tenants/3/preferences/maintenance.time_zone',
  },
  'DELETE /api/v1/tenants/:id/preferences/:key': {
    anonymous: 401,
    administrator: 204,
    address: '/api/v1/tenants/3/preferences/maintenance.time_zone',
  },
  'GET /api/v1/tenants/:id/exemptions': json,
  'POST /api/v1/tenants/:id/exemptions': jsonBody,
  'GET /api/v1/tenants/:id/exemptions/:exemption_id': { anonymous: 401, administrator: 404 },
  'DELETE /api/v1/tenants/:id/exemptions/:exemption_id': { anonymous: 401, administrator: 404 },
}
