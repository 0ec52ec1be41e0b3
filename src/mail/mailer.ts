import { renderAlone, view } from '../web/page.ts'
import { asText, inert, type Message } from './message.ts'

export type { Message } from './message.ts'

/** What became of a mail; `problem` is said to whoever had it sent. */
export type Delivery = { sent: true } | { sent: false; problem: string }

/** Sends mail, once what it tells of is committed. A mail that cannot be sent throws nothing. */
export type Mailer = {
  /** Whether there is a mail server to send by; where there is none, show what is to be told. */
  configured: boolean
  send(message: Message): Promise<Delivery>
}

export type MailSettings = {
  smtp_url: string | undefined
  mail_from: string | undefined
  /** Where the links in a mail lead. Never what a request says its host is. */
  url: string | undefined
}

/** For an installation without a mail server. */
export const noMailer: Mailer = {
  configured: false,
  send: async () => ({ sent: false, problem: 'No mail server is configured.' }),
}

/** A mailer by SMTP, when the settings name a server, a sender and our own address. */
export function createMailer({ smtp_url, mail_from, url }: MailSettings): Mailer {
  if (!smtp_url || !mail_from || !url) return noMailer
  return {
    configured: true,
    async send(message) {
      try {
        const transport = await connectTo(smtp_url)
        await transport.sendMail(compose(message, mail_from, url + (message.action?.path ?? '')))
        return { sent: true }
      } catch (error) {
        return { sent: false, problem: explain(error as SmtpError) }
      }
    },
  }
}

/** The library is read when the first mail is sent: that takes a while. */
async function connectTo(smtp_url: string) {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url: smtp_url,
    requireTLS: needsTls(smtp_url),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    dnsTimeout: 10_000,
  })
}

const htmlPage = view<{ message: Message; href: string }>('mail/message')

const compose = (message: Message, from: string, href: string) => ({
  from: sender(from),
  // As an object, so that no comma in it makes two addresses of one.
  to: { name: '', address: message.to },
  subject: inert(message.subject),
  text: asText(message, href),
  html: renderAlone(htmlPage({ message: inertMessage(message), href })),
  // Nobody is to be told that somebody is on holiday.
  headers: { 'Auto-Submitted': 'auto-generated' },
  disableFileAccess: true,
  disableUrlAccess: true,
})

/** "Tenantry <tenantry@example.com>" taken apart, so that the name may have a comma in it. */
function sender(text: string) {
  const [, name = '', address = text] = /^([^<]*)<(.+)>$/.exec(text) ?? []
  return { name: name.trim(), address }
}

const inertMessage = (message: Message): Message => ({
  ...message,
  subject: inert(message.subject),
  paragraphs: message.paragraphs.map(inert),
  footnote: inert(message.footnote),
})

/** A password goes over no network in the clear. */
function needsTls(smtp_url: string) {
  const { username, hostname } = new URL(smtp_url)
  return username !== '' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

type SmtpError = Error & { code?: string; responseCode?: number }

/** Why a mail was not sent, without what the server said word for word: that may name accounts. */
function explain({ code, responseCode, message }: SmtpError) {
  if (code === 'EAUTH') return 'The mail server did not accept the name and password for it.'
  if (code === 'ETLS') return 'The mail server offers no connection that is encrypted.'
  if (code === 'EENVELOPE')
    return `The mail server does not take mail for this address${responseCode ? ` (${responseCode})` : ''}.`
  if (responseCode) return `The mail server refused the mail (${responseCode}).`
  if (/certificate/i.test(message)) return 'The certificate of the mail server is not valid.'
  if (code === 'ETIMEDOUT') return 'The mail server did not answer in time.'
  return 'The mail server could not be reached.'
}
