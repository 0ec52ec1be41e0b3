import { z } from 'zod'

const Environment = z.object({
  TENANTRY_DATA: z.string().min(1).default('./data'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  TENANTRY_URL: z.url({ protocol: /^https?$/ }).optional(),
  TENANTRY_TRUSTED_PROXY: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** How this process is to run. */
export type Config = {
  /** The directory with everything that must be kept. */
  data: string
  host: string
  port: number
  /** Where browsers reach the server, when a proxy stands before it. */
  url: string | undefined
  /** Address or network of the proxy whose X-Forwarded-* headers are believed. */
  trusted_proxy: string | undefined
  log_level: z.infer<typeof Environment>['LOG_LEVEL']
}

/** Reads the environment; the only place that does. Throws ZodError on a value out of range. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Environment.parse(environment)
  return {
    data: given.TENANTRY_DATA,
    host: given.HOST,
    port: given.PORT,
    url: given.TENANTRY_URL?.replace(/\/$/, ''),
    trusted_proxy: given.TENANTRY_TRUSTED_PROXY,
    log_level: given.LOG_LEVEL,
  }
}
