/**
 * The columns of the unique constraint that a write ran into, or undefined for any other error.
 * Commands look for what is taken before they write; this is for whoever was faster.
 */
export function takenColumns(error: unknown): string[] | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if (error.code !== 'SQLITE_CONSTRAINT_UNIQUE') return undefined
  const named = /constraint failed: (.+)$/.exec(error.message)?.[1] ?? ''
  return named.split(', ').map((column) => column.replace(/^.*\./, ''))
}
