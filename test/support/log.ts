import type { Test } from 'tap'

/** Keeps what is written to stderr, where the log goes, from that until the test ends. */
export function recordLog(t: Test) {
  const lines: string[] = []
  const { write } = process.stderr
  process.stderr.write = (text: string | Uint8Array) => {
    lines.push(Buffer.from(text as string).toString())
    return true
  }
  t.teardown(() => {
    process.stderr.write = write
  })
  return lines
}
