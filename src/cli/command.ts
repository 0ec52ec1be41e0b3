import { parseArgs } from 'node:util'
import type { Config } from '../config.ts'

/** The command line asks for what there is not: said in one line, exit code 2. */
export class UsageProblem extends Error {}

type Option = {
  /** What stands for the value in the help; a flag has none. */
  value?: string
  help: string
  required?: boolean
}

/** What was given on the command line, checked against what the command declares. */
export type Given = {
  options: Record<string, string>
  flags: ReadonlySet<string>
  operands: string[]
}

/** One command: how it is called, and what it does. */
export type Command = {
  /** One word or two: `backup`, `token create`. */
  name: string
  summary: string
  /** What there is to say beyond the summary. */
  details?: string
  operands?: string[]
  options?: Record<string, Option>
  /** Returns the exit code. Throws UsageProblem for a value that makes no sense. */
  run(given: Given, config: Config): Promise<number>
}

/** Reads the arguments after the command's name. Throws UsageProblem. */
export function parseArguments(command: Command, words: string[]): Given {
  const declared = Object.entries(command.options ?? {})
  const { values, positionals } = parseStrictly(
    words,
    Object.fromEntries(
      declared.map(([name, { value }]) => [name, { type: value ? 'string' : 'boolean' } as const]),
    ),
  )
  const operands = command.operands ?? []
  if (positionals.length > operands.length)
    throw new UsageProblem(`"${positionals[operands.length]}" is one argument too many.`)
  if (positionals.length < operands.length)
    throw new UsageProblem(`${operands[positionals.length]} is missing.`)
  for (const [name, { required }] of declared)
    if (required && !values[name]) throw new UsageProblem(`--${name} is missing.`)

  const texts = Object.entries(values).filter((entry) => typeof entry[1] === 'string')
  const flags = Object.keys(values).filter((name) => values[name] === true)
  return {
    options: Object.fromEntries(texts) as Record<string, string>,
    flags: new Set(flags),
    operands: positionals,
  }
}

function parseStrictly(args: string[], options: Record<string, { type: 'string' | 'boolean' }>) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // Node adds advice on positional arguments after the first sentence.
    throw new UsageProblem(`${error.message.split(/\.?\s+To specify|\n/)[0]!.replace(/\.$/, '')}.`)
  }
}
