import { readAsset } from '../web/assets.ts'
import type { Command } from './command.ts'

/** What `tenantry --help` prints. */
export function describeProgram(commands: Command[]) {
  const width = Math.max(...commands.map((command) => usage(command).length))
  const lines = commands.map((command) => `  ${usage(command).padEnd(width)}  ${command.summary}`)
  return `Tenantry ${version()}: tenant administration for managed service providers.

Usage: tenantry [COMMAND] [OPTIONS]

${lines.join('\n')}

  --help     Shows this, or after a command more about it.
  --version  Shows the version.

Environment:
  TENANTRY_DATA            Directory of the data (./data).
  HOST, PORT               Where the server listens (127.0.0.1, 8080).
  TENANTRY_URL             Where browsers reach it, when a proxy stands before it.
  TENANTRY_TRUSTED_PROXY   Addresses or networks of proxies whose X-Forwarded-* are believed.
  TENANTRY_KEY_FILE        The file of the key that seals secrets (beside the data: ./data.key).
  LOG_LEVEL                fatal, error, warn, info, debug, trace or silent (info).

Exit codes: 0 done, 1 failed (also for the environment), 2 misused (also for bad values).
`
}

/** What `tenantry COMMAND --help` prints. */
export function describeCommand(command: Command) {
  const options = Object.entries(command.options ?? {}).map(([name, { value, help }]) => {
    const spelling = value ? `--${name} ${value}` : `--${name}`
    return `  ${spelling.padEnd(24)}  ${help}`
  })
  return [
    `Usage: tenantry ${usage(command)}\n`,
    `${command.summary}${command.details ? `\n${command.details}` : ''}\n`,
    ...(options.length > 0 ? [`${options.join('\n')}\n`] : []),
  ].join('\n')
}

/** The version of this program, as its package says. */
export function version() {
  const { version } = JSON.parse(readAsset('package.json')) as { version: string }
  return version
}

function usage({ name, operands = [], options = {} }: Command) {
  const spelled = Object.entries(options).map(([option, { value, required }]) => {
    const word = value ? `--${option} ${value}` : `--${option}`
    return required ? word : `[${word}]`
  })
  return [name, ...operands, ...spelled].join(' ')
}
