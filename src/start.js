// What `npm start` runs. In JavaScript, so that Node loads nothing that takes types out of code:
// compiled code is kept beside the packages (not in the temporary directory, which all accounts
// share), and read again at the next start. That saves a third of the start, and 20 MB of memory.
// Where nothing can be written there, nothing is kept.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/tenantry', import.meta.url)))
await import('./main.ts')
