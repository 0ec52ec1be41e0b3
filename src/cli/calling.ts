import { basename } from 'node:path'
import { isSea } from 'node:sea'
import type { Config } from '../config.ts'

const USUAL_DATA = './data'

/** What to type to start the server on this data: the binary by its name, or the source by npm. */
export function startCommand({ data }: Config) {
  const program = isSea() ? basename(process.execPath) : 'npm start'
  return data === USUAL_DATA ? program : `TENANTRY_DATA=${data} ${program}`
}

/** What to do when data is there already, and is not wanted. */
export const howToStartOver = ({ data }: Config) =>
  `To start over, delete the folder ${data} while nothing runs on it, or name another one with TENANTRY_DATA.`

/**
 * The address of a server that listens on this host and port. This machine is called by its name:
 * a passkey cannot belong to a number.
 */
export function addressOf(host: string, port: number) {
  const is_here = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host)
  const name = is_here ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}
