import { runCommandLine } from './cli/run.ts'

// Everything that is written is for the account that runs the program, and for nobody else.
process.umask(0o077)

process.exitCode = await runCommandLine(process.argv.slice(2), process.env)
