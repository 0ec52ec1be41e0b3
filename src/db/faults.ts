import { openConnection, openDatabase } from './connection.ts'
import { verifyAuditChain } from './audit-chain.ts'
import { type AuditHead, readAuditHead } from './audit-head.ts'

const MAX_FAULTS = 100

/**
 * Everything that is wrong with a database file, one line each; an empty list when it is sound:
 * its structure, its references, and its log against `heads` (by default the one kept beside it).
 * Null among them stands for one that should be there and is not, which is a fault too.
 */
export async function findFaults(
  path: string,
  heads: (AuditHead | null)[] = [readAuditHead(path)],
) {
  try {
    const structure = checkStructure(path)
    // A damaged file may give anything for the log.
    if (structure.length > 0) return structure
    return await checkLog(path, heads)
  } catch (error) {
    return [`structure: ${(error as Error).message}`]
  }
}

function checkStructure(path: string) {
  const sqlite = openConnection(path, { fileMustExist: true })
  try {
    const integrity = sqlite.pragma(`integrity_check(${MAX_FAULTS})`) as {
      integrity_check: string
    }[]
    const references = sqlite.pragma('foreign_key_check') as {
      table: string
      rowid: number
      parent: string
    }[]
    return [
      ...integrity
        .map((row) => row.integrity_check)
        .filter((text) => text !== 'ok')
        .map((text) => `structure: ${text.replaceAll('\n', ' ')}`),
      ...references
        .slice(0, MAX_FAULTS)
        .map(({ table, rowid, parent }) => `reference: ${table} ${rowid} points to no ${parent}`),
    ]
  } finally {
    sqlite.close()
  }
}

async function checkLog(path: string, heads: (AuditHead | null)[]) {
  const kept = heads.filter((head) => head !== null)
  const missing = kept.length < heads.length
  const db = openDatabase(path)
  try {
    const fault = await verifyAuditChain(db, kept)
    return [
      ...(fault ? [`audit: ${fault.kind}: ${fault.message}`] : []),
      ...(missing ? ['audit: no head is kept beside the data: a cut-off end cannot be seen'] : []),
    ]
  } finally {
    await db.close()
  }
}
