import { readAuditHead, readHeadFile } from '../db/audit-head.ts'
import { findFaults } from '../db/faults.ts'
import { type Command, UsageProblem } from './command.ts'
import { existingDatabase } from './database.ts'

export const check: Command = {
  name: 'check',
  summary: 'Checks the data: structure, references, audit chain.',
  details:
    'Prints one line for each finding, and ends with exit code 1 when there is one. The audit\n' +
    'chain is what shows that the log was edited, deleted from, truncated or rewritten.',
  options: {
    head: { value: 'FILE', help: 'A copy of tenantry.db.audit-head that was kept elsewhere.' },
  },
  async run({ options }, config) {
    const path = existingDatabase(config)
    const heads = [readAuditHead(path), ...headElsewhere(options.head)]
    const faults = await findFaults(path, heads)
    for (const fault of faults) console.log(fault)
    if (faults.length === 0) console.log('structure: sound\nreferences: sound\naudit: unbroken')
    return faults.length === 0 ? 0 : 1
  },
}

function headElsewhere(file: string | undefined) {
  if (file === undefined) return []
  const head = readHeadFile(file)
  if (!head) throw new UsageProblem(`${file} is not the head of an audit log.`)
  return [head]
}
