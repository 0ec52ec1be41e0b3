import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { StartupProblem } from './errors.ts'

const WholeNumber = z.string().regex(/^\d+$/, 'expected a whole number').transform(Number)

const Networks = z
  .string()
  .refine(
    (list) => list.split(',').every((part) => isNetwork(part.trim())),
    'expected addresses or networks such as 10.0.0.0/8, with commas between them',
  )

/** An address, or a name with the address in angle brackets. */
const Sender = z
  .string()
  .refine(
    (text) => /^(?:[^<>@\p{Cc}]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u.test(text),
    'expected a sender such as "Tenantry <tenantry@example.com>"',
  )

const Environment = z.object({
  TENANTRY_DATA: z.string().min(1).default('./data'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: WholeNumber.pipe(z.number().max(65535)).default(8080),
  TENANTRY_URL: z.url({ protocol: /^https?$/ }).optional(),
  TENANTRY_TRUSTED_PROXY: Networks.optional(),
  CREDENTIALS_DIRECTORY: z.string().min(1).optional(),
  TENANTRY_KEY_FILE: z.string().min(1).optional(),
  TENANTRY_KEY: z.string().min(1).optional(),
  TENANTRY_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  TENANTRY_MAIL_FROM: Sender.optional(),
  TENANTRY_ALLOW_PRIVATE_ISSUERS: z.enum(['yes', 'no']).default('no'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** What is never said, not even of a value that cannot be. */
const SECRET = new Set(['TENANTRY_SMTP_URL'])

/** How this process is to run. */
export type Config = {
  /** The directory with everything that must be kept. */
  data: string
  host: string
  port: number
  /** Where browsers reach the server, when a proxy stands before it. */
  url: string | undefined
  /** Addresses or networks, with commas between them, of the proxies whose X-Forwarded-* headers are believed. */
  trusted_proxy: string | undefined
  /** Where the key is that seals secrets; never in the data directory. */
  key: { credentials: string | undefined; file: string; given: string | undefined }
  /** The mail server; there is mail only with a sender and a `url` for its links. */
  smtp_url: string | undefined
  mail_from: string | undefined
  /** Whether identity providers may be in one's own network, and without TLS on this machine. */
  allow_private_issuers: boolean
  log_level: z.infer<typeof Environment>['LOG_LEVEL']
}

/** Reads the environment; the only place that does. Throws StartupProblem, naming the variable. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const { data: given, error } = Environment.safeParse(environment)
  if (error) throw new StartupProblem(describe(error, environment))
  requireForMail(given)
  return {
    data: given.TENANTRY_DATA,
    host: given.HOST,
    port: given.PORT,
    url: given.TENANTRY_URL?.replace(/\/$/, ''),
    trusted_proxy: given.TENANTRY_TRUSTED_PROXY,
    key: {
      credentials: given.CREDENTIALS_DIRECTORY,
      file: given.TENANTRY_KEY_FILE ?? `${resolve(given.TENANTRY_DATA)}.key`,
      given: given.TENANTRY_KEY,
    },
    smtp_url: given.TENANTRY_SMTP_URL,
    mail_from: given.TENANTRY_MAIL_FROM,
    allow_private_issuers: given.TENANTRY_ALLOW_PRIVATE_ISSUERS === 'yes',
    log_level: given.LOG_LEVEL,
  }
}

/** A mail server without the rest would be one that sends nothing, and says so to nobody. */
function requireForMail(given: z.infer<typeof Environment>) {
  if (!given.TENANTRY_SMTP_URL) return
  for (const name of ['TENANTRY_MAIL_FROM', 'TENANTRY_URL'] as const)
    if (!given[name])
      throw new StartupProblem(`The environment has TENANTRY_SMTP_URL, which needs ${name} too.`)
}

/** An IP address, or one with the length of a prefix: `10.0.0.0/8`, `fd00::/8`. */
function isNetwork(text: string) {
  const [address, prefix, ...more] = text.split('/')
  const version = isIP(address!)
  if (version === 0 || more.length > 0) return false
  if (prefix === undefined) return true
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)
}

function describe({ issues }: z.ZodError, environment: Record<string, string | undefined>) {
  return issues
    .map(({ path: [name], message }) => {
      const secret = SECRET.has(String(name))
      const value = secret ? '…' : JSON.stringify(environment[String(name)])
      return `The environment has ${String(name)}=${value}, which cannot be: ${message}.`
    })
    .join(' ')
}
