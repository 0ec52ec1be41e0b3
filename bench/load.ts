import { type Socket, connect } from 'node:net'

/** What to ask for, how often at once, and for how long. */
export type Load = {
  port: number
  path: string
  headers: Record<string, string>
  connections: number
  seconds: number
}

export type LoadResult = {
  requests: number
  seconds: number
  /** Waits for an answer, in ms. */
  p50: number
  p99: number
  /** Share of a core that generating the load took. */
  generator_share: number
}

type Progress = { waits: number[]; ends_at: number }

process.on('message', (load: Load) => void generate(load).then((result) => process.send!(result)))
process.once('disconnect', () => process.exit())

/**
 * Keeps every connection busy with one request after another, until the time is over; an answer
 * other than 200 ends it all. Speaks bare HTTP/1.1, so that it costs less than what it measures.
 */
async function generate({ port, path, headers, connections, seconds }: Load): Promise<LoadResult> {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers })
  const head = [`GET ${path} HTTP/1.1`, ...lines.map((line) => line.join(': '))].join('\r\n')
  const request = Buffer.from(`${head}\r\n\r\n`)
  const cpu = process.cpuUsage()
  const started = performance.now()
  const progress = { waits: [], ends_at: started + seconds * 1000 }
  await Promise.all(
    Array.from({ length: connections }, () =>
      keepAsking(connect(port, '127.0.0.1'), request, progress),
    ),
  )
  const elapsed = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  const waits = Float64Array.from(progress.waits).sort()
  return {
    requests: waits.length,
    seconds: elapsed / 1000,
    p50: waits[Math.floor(waits.length * 0.5)]!,
    p99: waits[Math.floor(waits.length * 0.99)]!,
    generator_share: (user + system) / 1000 / elapsed,
  }
}

function keepAsking(socket: Socket, request: Buffer, { waits, ends_at }: Progress) {
  socket.setNoDelay(true)
  return new Promise<void>((resolve, reject) => {
    let asked_at = 0
    const ask = () => {
      asked_at = performance.now()
      socket.write(request)
    }
    const answered = () => {
      const now = performance.now()
      waits.push(now - asked_at)
      if (now < ends_at) return ask()
      socket.destroy()
      resolve()
    }
    socket.on('connect', ask)
    socket.on('data', answerReader(answered, reject))
    socket.on('error', reject)
    socket.on('end', () => reject(new Error('the server hung up')))
  })
}

/** Takes what arrives, and says when an answer is complete. */
function answerReader(answered: () => void, reject: (error: Error) => void) {
  let held: Buffer | null = null
  let missing = 0
  return (arrived: Buffer) => {
    if (missing === 0) {
      const chunk: Buffer = held ? Buffer.concat([held, arrived]) : arrived
      const end = chunk.indexOf('\r\n\r\n')
      held = end < 0 ? chunk : null
      if (end < 0) return
      const head = chunk.toString('latin1', 0, end)
      if (!head.startsWith('HTTP/1.1 200 ')) return reject(new Error(`the answer was ${head}`))
      const length = /\r\ncontent-length: (\d+)/i.exec(head)
      if (!length) return reject(new Error(`the answer has no length: ${head}`))
      missing = end + 4 + Number(length[1]) - chunk.length
    } else missing -= arrived.length
    if (missing === 0) answered()
  }
}
