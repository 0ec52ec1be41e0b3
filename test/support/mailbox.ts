import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { Test } from 'tap'
import { createMailer } from '../../src/mail/mailer.ts'

/** Where the links of mails in tests lead. */
export const MAIL_LINKS = 'https://tenantry.example'

/** A mail as it came in. */
export type Mail = {
  from: string
  /** Whom the envelope names: everybody who gets it. */
  to: string[]
  headers: Record<string, string>
  text: string
  html: string
}

type MailboxOptions = SMTPServerOptions & {
  /** `name:password@`, as in an address. */
  login?: string
  /** How the mailer calls this machine. */
  host?: string
}

/**
 * A mail server on this machine that keeps what it is sent, and a mailer that sends by it. What
 * `options` change is given to the server as it is.
 */
export async function mailbox(t: Test, options: MailboxOptions = {}) {
  const { login = '', host = '127.0.0.1', ...rest } = options
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    async onData(stream, session, done) {
      const { mailFrom, rcptTo } = session.envelope
      const from = mailFrom ? mailFrom.address : ''
      const to = rcptTo.map(({ address }) => address)
      mails.push({ from, to, ...readMail(await text(stream)) })
      done()
    },
    ...rest,
  })
  // A client that gives up in the middle is what some tests are about.
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  const smtp_url = `smtp://${login}${host}:${port}`
  const mail_from = 'Tenantry, of Northwind <tenantry@northwind.example>'
  return { mails, mailer: createMailer({ smtp_url, mail_from, url: MAIL_LINKS }) }
}

/** The parts of a mail, as far as ours have them: one text and one HTML alternative. */
function readMail(raw: string) {
  const [head, body] = split(raw)
  const headers = readHeaders(head)
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1]
  if (!boundary) throw new Error('a mail of ours has two parts')
  const parts = body.split(`--${boundary}`).slice(1, -1).map(readPart)
  const part = (type: string) => parts.find((one) => one.type.startsWith(type))?.content ?? ''
  return { headers, text: part('text/plain'), html: part('text/html') }
}

function split(raw: string): [string, string] {
  const end = raw.indexOf('\r\n\r\n')
  return [raw.slice(0, end), raw.slice(end + 4)]
}

const readHeaders = (head: string) =>
  Object.fromEntries(
    head
      .replaceAll(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .filter(Boolean)
      .map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  ) as Record<string, string>

function readPart(raw: string) {
  const [head, body] = split(raw.replace(/^\r\n/, ''))
  const headers = readHeaders(head)
  const encoding = headers['content-transfer-encoding'] ?? '7bit'
  return { type: headers['content-type'] ?? '', content: decode(encoding, body) }
}

function decode(encoding: string, body: string) {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding === '7bit') return body
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  return Buffer.from(bytes, 'latin1').toString()
}
