import { readConfig } from '../config.ts'
import { Busy, Conflict, Forbidden, Invalid, NotFound, StartupProblem } from '../errors.ts'
import { type Command, UsageProblem, parseArguments } from './command.ts'
import { backup } from './backup.ts'
import { check } from './check.ts'
import { describeCommand, describeProgram, version } from './help.ts'
import { factorsRemove } from './factors.ts'
import { healthcheck } from './healthcheck.ts'
import { importCommand } from './import.ts'
import { restore } from './restore.ts'
import { demo } from './demo.ts'
import { serve } from './serve.ts'
import { setup } from './setup.ts'
import { tokenCreate } from './token.ts'

const commands: Command[] = [
  serve,
  setup,
  tokenCreate,
  factorsRemove,
  importCommand,
  demo,
  backup,
  restore,
  check,
  healthcheck,
]

const DONE = 0
const FAILED = 1
const MISUSED = 2

/** Runs the command that `words` name (`serve` when none is) and returns the exit code. */
export async function runCommandLine(words: string[], environment: NodeJS.ProcessEnv) {
  try {
    return await run(words, environment)
  } catch (error) {
    const code = exitCode(error)
    if (code === null) throw error
    console.error(`tenantry: ${(error as Error).message}`)
    return code
  }
}

async function run(words: string[], environment: NodeJS.ProcessEnv) {
  const { command, rest } = findCommand(words)
  if (rest.includes('--help') || rest.includes('-h')) {
    const called = command.name !== serve.name || words[0] === serve.name
    console.log(called ? describeCommand(command) : describeProgram(commands))
    return DONE
  }
  if (words[0] === '--version') {
    if (words.length > 1) throw new UsageProblem(`"${words[1]}" is one argument too many.`)
    console.log(version())
    return DONE
  }
  return command.run(parseArguments(command, rest), readConfig(environment))
}

function findCommand(words: string[]) {
  if (words.length === 0 || words[0]!.startsWith('-')) return { command: serve, rest: words }
  for (const command of commands) {
    const name = command.name.split(' ')
    if (name.every((word, index) => words[index] === word))
      return { command, rest: words.slice(name.length) }
  }
  const unfinished = commands.find(({ name }) => name.startsWith(`${words[0]} `))
  if (unfinished) throw new UsageProblem(`Did you mean "tenantry ${unfinished.name}"?`)
  throw new UsageProblem(`There is no command "${words[0]}". "tenantry --help" lists them.`)
}

/** Null for what nobody foresaw: that is a bug, and shows its stack. */
function exitCode(error: unknown) {
  if (error instanceof UsageProblem || error instanceof Invalid) return MISUSED
  const foreseen = [StartupProblem, Busy, Conflict, Forbidden, NotFound]
  return foreseen.some((kind) => error instanceof kind) ? FAILED : null
}
