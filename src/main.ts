import { enableCompileCache } from 'node:module'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'

// Everything that is written is for the account that runs the program, and for nobody else.
process.umask(0o077)

// Compiled code is kept beside the packages, not in the temporary directory that all accounts
// share: it saves a third of the start. Where nothing can be written there, nothing is kept.
if (!isSea())
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/tenantry', import.meta.url)))

const { runCommandLine } = await import('./cli/run.ts')
process.exitCode = await runCommandLine(process.argv.slice(2), process.env)
