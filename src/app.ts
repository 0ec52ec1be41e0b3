import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import Fastify, { type FastifyInstance } from 'fastify'
import { accountRoutes } from './access/account-routes.ts'
import { guardRoutes } from './access/guard.ts'
import { memberRoutes } from './access/groups/member-routes.ts'
import { groupApi } from './access/groups/api.ts'
import { memberApi } from './access/groups/member-api.ts'
import { groupRoutes } from './access/groups/routes.ts'
import { invitationRoutes } from './access/invitation-routes.ts'
import { protectLastAdministrator } from './access/last-administrator.ts'
import { assignmentApi } from './access/assignments/api.ts'
import { explanationApi } from './access/assignments/explanation-api.ts'
import { grantingRoutes } from './access/assignments/granting-routes.ts'
import { accessReportRoutes } from './access/assignments/report-routes.ts'
import { accessRoutes } from './access/assignments/routes.ts'
import { menuFor } from './access/navigation.ts'
import { oidcAccountRoutes, waysToVerify } from './access/oidc/account-routes.ts'
import { keepConnections } from './access/oidc/connections.ts'
import type { Oidc } from './access/oidc/flow.ts'
import { acceptWith, oidcInvitationRoutes } from './access/oidc/invitation-routes.ts'
import { providerRoutes } from './access/oidc/provider-routes.ts'
import { oidcSignInRoutes } from './access/oidc/sign-in-routes.ts'
import { passkeyRoutes } from './access/passkey-routes.ts'
import { passkeySignInRoutes } from './access/passkey-sign-in-routes.ts'
import { accessRequestRoutes } from './access/requests/routes.ts'
import { roleApi } from './access/roles/api.ts'
import { roleRoutes } from './access/roles/routes.ts'
import type { Sealer } from './access/sealing.ts'
import { secondStepRoutes } from './access/second-step-routes.ts'
import { securityRoutes } from './access/security-routes.ts'
import { setupRoutes } from './access/setup-routes.ts'
import type { SetupLink } from './access/setup.ts'
import { signInRoutes } from './access/sign-in-routes.ts'
import { tokenApi } from './access/token-api.ts'
import { tokenRoutes } from './access/token-routes.ts'
import { totpRoutes } from './access/totp-routes.ts'
import { verifyRoutes } from './access/verify-routes.ts'
import type { Db } from './db/connection.ts'
import { jobRoutes } from './jobs/routes.ts'
import { type Mailer, noMailer } from './mail/mailer.ts'
import { notificationRoutes } from './notifications/routes.ts'
import { answerErrors, answerUnreadable } from './web/errors.ts'
import { refuseCrossSite } from './web/csrf.ts'
import { type Lifecycle, reportHealth } from './web/health.ts'
import { logOptions } from './web/log.ts'
import { serveFlash } from './web/flash.ts'
import { sendSecurityHeaders } from './web/headers.ts'
import { servePages } from './web/page.ts'
import { serveStatic } from './web/static.ts'
import { createSafeFetch } from './web/safe-fetch.ts'
import { type Api, serveApi } from './web/api.ts'
import { withoutJsonSchemas } from './web/api-validation.ts'
import { historyApi } from './audit/api.ts'
import { exportRoutes } from './audit/export-routes.ts'
import { operationApi } from './audit/operation-api.ts'
import { auditRoutes } from './audit/routes.ts'
import { undoRoutes } from './audit/undo-routes.ts'
import { personApi } from './people/api.ts'
import { invitationApi } from './people/invitation-api.ts'
import { peopleBatch } from './people/batch/job.ts'
import { personBatchRoutes } from './people/batch/routes.ts'
import { peopleImport } from './people/csv/job.ts'
import { personCsvRoutes } from './people/csv/routes.ts'
import { personFactorRoutes } from './people/factor-routes.ts'
import { personFormRoutes } from './people/form-routes.ts'
import { personListRoutes } from './people/list-routes.ts'
import { personPageRoutes } from './people/page-routes.ts'
import { personTagApi } from './people/tag-api.ts'
import { computerApi } from './computers/api.ts'
import { computerBatchApi } from './computers/batch/api.ts'
import { computerBatch } from './computers/batch/job.ts'
import { computerBatchRoutes } from './computers/batch/routes.ts'
import { computerImport } from './computers/csv/job.ts'
import { computerCsvRoutes } from './computers/csv/routes.ts'
import { decisionRoutes } from './computers/decision-routes.ts'
import { computerFormRoutes } from './computers/form-routes.ts'
import { computerListRoutes } from './computers/list-routes.ts'
import { computerGroupApi } from './computers/groups/api.ts'
import { computerGroupFormRoutes } from './computers/groups/form-routes.ts'
import { computerGroupRoutes } from './computers/groups/routes.ts'
import { computerPageRoutes } from './computers/page-routes.ts'
import { computerTagApi } from './computers/tag-api.ts'
import { computerTagRoutes } from './computers/tag-routes.ts'
import { maintenanceApi } from './maintenance/api.ts'
import { sessionBatch } from './maintenance/batch/job.ts'
import { maintenanceRoutes } from './maintenance/routes.ts'
import { mergingApi } from './merging/api.ts'
import { tenantMerge } from './merging/job.ts'
import { mergingRoutes } from './merging/routes.ts'
import { preferenceApi } from './preferences/api.ts'
import { blockRoutes } from './preferences/block-routes.ts'
import { compareRoutes } from './preferences/compare-routes.ts'
import { exemptionRoutes } from './preferences/exemption-routes.ts'
import { preferenceRoutes } from './preferences/routes.ts'
import { scheduleApi } from './schedules/api.ts'
import { scheduleBatch } from './schedules/batch/job.ts'
import { scheduleRoutes } from './schedules/routes.ts'
import { searchRoutes } from './search/routes.ts'
import { tagApi } from './tags/api.ts'
import { tagRoutes } from './tags/routes.ts'
import { tenantApi } from './tenants/api.ts'
import { tenantBatch } from './tenants/batch/job.ts'
import { batchRoutes } from './tenants/batch/routes.ts'
import { csvImport } from './tenants/csv/job.ts'
import { csvRoutes } from './tenants/csv/routes.ts'
import { tenantFormRoutes } from './tenants/form-routes.ts'
import { tenantListRoutes } from './tenants/list-routes.ts'
import { tenantPageRoutes } from './tenants/page-routes.ts'
import { tenantTagApi } from './tenants/tag-api.ts'
import { tenantTagRoutes } from './tenants/tag-routes.ts'

/** What the application is made of, apart from its database. */
export type AppOptions = {
  log_level?: string
  trusted_proxy?: string | undefined
  lifecycle?: Lifecycle
  /** Seals the secrets that the database keeps. */
  sealer: Sealer
  /** Present only when nothing is set up yet. */
  setup_link?: SetupLink | undefined
  /** Where browsers reach the server, when it is not where it listens. */
  url?: string | undefined
  /** Whether identity providers may be in one's own network. */
  allow_private_issuers?: boolean
  /** `noMailer` when it is not said. */
  mailer?: Mailer
}

/** The application: every plugin and feature, in order. It does not listen yet. */
export async function buildApp(db: Db, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    ...logOptions(options.log_level ?? 'info'),
    trustProxy: options.trusted_proxy ?? false,
    requestTimeout: 60_000,
    handlerTimeout: 60_000,
    connectionTimeout: 70_000,
    bodyLimit: 1_048_576,
    // What is asked while the server stops is still answered, as the last on its connection.
    return503OnClosing: false,
    schemaController: withoutJsonSchemas,
    frameworkErrors: answerUnreadable,
  })
  protectLastAdministrator(db)
  await app.register(cookie)
  await app.register(formbody)

  sendSecurityHeaders(app)
  refuseCrossSite(app)
  guardRoutes(app, db)
  servePages(app, ({ actor }) => menuFor(actor))
  serveFlash(app)
  answerErrors(app)
  serveStatic(app)
  reportHealth(app, db, options.lifecycle ?? { stopping: false })

  accessFeatures(app, db, options)
  permissionFeatures(app, db, options.mailer ?? noMailer)
  tenantFeatures(app, db)
  peopleRoutes(app, db, options)
  preferenceRoutes(app, db)
  exemptionRoutes(app, db)
  blockRoutes(app, db)
  computerFeatures(app, db)
  scheduleRoutes(app, db, options.url)
  maintenanceRoutes(app, db)
  historyFeatures(app, db)
  searchRoutes(app, db)
  jobRoutes(app, db, jobKinds(options.mailer ?? noMailer))
  await serveApi(app, (api) => apiFeatures(api, db, options))
  return app
}

/** What programs can do. */
function apiFeatures(api: Api, db: Db, { mailer = noMailer, url }: AppOptions) {
  tenantApi(api, db)
  mergingApi(api, db)
  personApi(api, db)
  invitationApi(api, db, { mailer, url })
  preferenceApi(api, db)
  computerApi(api, db)
  tagsApi(api, db)
  computerBatchApi(api, db)
  computerGroupApi(api, db)
  scheduleApi(api, db)
  maintenanceApi(api, db)
  historyApi(api, db)
  operationApi(api, db)
  accessApi(api, db)
}

/** Tags, and what carries them. */
function tagsApi(api: Api, db: Db) {
  tagApi(api, db)
  computerTagApi(api, db)
  personTagApi(api, db)
  tenantTagApi(api, db)
}

/** The same by the API, and the tokens that it takes. */
function accessApi(api: Api, db: Db) {
  tokenApi(api, db)
  roleApi(api, db)
  groupApi(api, db)
  memberApi(api, db)
  assignmentApi(api, db)
  explanationApi(api, db)
}

/** Who may do what, and where. */
function permissionFeatures(app: FastifyInstance, db: Db, mailer: Mailer) {
  roleRoutes(app, db)
  groupRoutes(app, db)
  memberRoutes(app, db)
  accessRoutes(app, db)
  notificationRoutes(app, db)
  grantingRoutes(app, db)
  accessRequestRoutes(app, db, mailer)
  accessReportRoutes(app, db)
}

/** What changed, and how it is taken back. */
function historyFeatures(app: FastifyInstance, db: Db) {
  auditRoutes(app, db)
  undoRoutes(app, db)
  compareRoutes(app, db)
  exportRoutes(app, db)
}

/** Who somebody is, and how they show it. */
function accessFeatures(app: FastifyInstance, db: Db, options: AppOptions) {
  const { sealer, url, allow_private_issuers = false } = options
  const fetch = createSafeFetch({ allow_private: allow_private_issuers })
  const oidc: Oidc = { db, sealer, url, connections: keepConnections(fetch) }
  if (options.setup_link) setupRoutes(app, db, options.setup_link)
  signInRoutes(app, db)
  secondStepRoutes(app, db, sealer)
  passkeySignInRoutes(app, db, url)
  oidcSignInRoutes(app, oidc, { invitation: acceptWith })
  oidcInvitationRoutes(app, oidc)
  verifyRoutes(app, db, { sealer, url, otherWays: waysToVerify })
  accountRoutes(app, db)
  securityRoutes(app, db)
  passkeyRoutes(app, db, url)
  totpRoutes(app, db, sealer)
  oidcAccountRoutes(app, oidc)
  tokenRoutes(app, db)
  providerRoutes(app, oidc)
}

/** Every managed machine. */
function computerFeatures(app: FastifyInstance, db: Db) {
  computerListRoutes(app, db)
  decisionRoutes(app, db)
  computerGroupRoutes(app, db)
  computerGroupFormRoutes(app, db)
  computerPageRoutes(app, db)
  computerFormRoutes(app, db)
  computerTagRoutes(app, db)
  computerBatchRoutes(app, db)
  computerCsvRoutes(app, db)
}

/** The tree of tenants. */
function tenantFeatures(app: FastifyInstance, db: Db) {
  tenantListRoutes(app, db)
  tenantPageRoutes(app, db)
  tenantTagRoutes(app, db)
  tenantFormRoutes(app, db)
  batchRoutes(app, db)
  csvRoutes(app, db)
  mergingRoutes(app, db)
}

/** What is looked at before it is done, or takes longer than a second. */
const jobKinds = (mailer: Mailer) => [
  csvImport,
  tenantBatch,
  tenantMerge,
  peopleImport,
  peopleBatch(mailer),
  computerImport,
  computerBatch,
  scheduleBatch,
  sessionBatch,
]

/** People, and those of them who are invited to become users. */
function peopleRoutes(app: FastifyInstance, db: Db, { mailer = noMailer, url }: AppOptions) {
  tagRoutes(app, db)
  invitationRoutes(app, db)
  personListRoutes(app, db, mailer)
  personFormRoutes(app, db)
  personPageRoutes(app, db, { mailer, url })
  personFactorRoutes(app, db)
  personBatchRoutes(app, db, mailer)
  personCsvRoutes(app, db)
}
