import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// The floor that figures are compared with: a bare `node:http` server. `/<number>` answers with so
// many bytes; the process that started it may give it pages to send, by their path.

/** A page that the floor is to send, compressed already. */
export type FloorPage = { path: string; content_encoding: string; base64: string }

type Answer = { headers: Record<string, string | number>; body: Buffer }

const answers = new Map<string, Answer>()

process.on('message', ({ path, content_encoding, base64 }: FloorPage) => {
  const body = Buffer.from(base64, 'base64')
  answers.set(path, { headers: headersFor(body, { 'content-encoding': content_encoding }), body })
  process.send!(path)
})

const headersFor = (body: Buffer, more: Record<string, string> = {}) => ({
  'content-type': 'text/html; charset=utf-8',
  'content-length': body.length,
  ...more,
})

function answerTo(path: string) {
  let answer = answers.get(path)
  if (!answer) {
    const body = Buffer.alloc(Number(path.slice(1)) || 0, 'x')
    answers.set(path, (answer = { headers: headersFor(body), body }))
  }
  return answer
}

const server = createServer((request, response) => {
  const { headers, body } = answerTo(request.url!)
  response.writeHead(200, headers)
  response.end(body)
})

server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
process.once('SIGTERM', () => process.exit())
