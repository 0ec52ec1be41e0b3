import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { createMailer, type Message, noMailer } from '../../src/mail/mailer.ts'
import { MAIL_LINKS, mailbox } from '../support/mailbox.ts'

const invitation: Message = {
  to: 'bob@acme.example',
  subject: 'Alice invites you to Tenantry',
  paragraphs: ['Alice Moore invites you.', 'The link works once, for 72 hours.'],
  action: { label: 'Choose a password', path: '/invitations/x?y=1' },
  footnote: 'You can forget this mail if you did not expect it.',
}

t.test('sends text and HTML with the same words and the same link', async (t) => {
  const { mails, mailer } = await mailbox(t)
  t.same(await mailer.send(invitation), { sent: true })
  const [mail] = mails
  t.equal(mail!.from, 'tenantry@northwind.example')
  t.same(mail!.to, ['bob@acme.example'])
  t.match(mail!.headers, { subject: invitation.subject, 'auto-submitted': 'auto-generated' })
  t.match(mail!.headers['from'], '"Tenantry, of Northwind" <tenantry@northwind.example>')
  for (const part of [mail!.text, mail!.html]) {
    for (const paragraph of invitation.paragraphs) t.match(part, paragraph)
    t.match(part, `${MAIL_LINKS}/invitations/x?y=1`)
  }
  t.match(mail!.html, `<a href="${MAIL_LINKS}/invitations/x?y=1">Choose a password</a>`)
})

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  'Acme\r\nBcc: victim@x.example',
  'Acme\u2028Bcc: victim@x.example',
  'Acme\n\n<b>x</b>',
  '=?utf-8?B?QmNjOg==?=',
  '\u202eelpmaxe.live',
  'Zoë 🏢 株式会社',
]

t.test('T11: a hostile name makes no element, no header and no other reader', async (t) => {
  const { mails, mailer } = await mailbox(t)
  for (const name of HOSTILE)
    await mailer.send({ ...invitation, subject: name, paragraphs: [name], footnote: name })
  t.equal(mails.length, HOSTILE.length)
  for (const { to, headers, html } of mails) {
    t.same(to, ['bob@acme.example'])
    t.notOk('bcc' in headers)
    t.notMatch(html, /<(script|img|b)\b/)
    t.notMatch(html, '\u202e')
  }
})

t.test('T11: what looks like a link in a name is none', async (t) => {
  const { mails, mailer } = await mailbox(t)
  const name = 'Pay at https://evil.example/a or www.evil.example'
  await mailer.send({ ...invitation, subject: name, paragraphs: [name] })
  for (const part of [mails[0]!.text, mails[0]!.html]) {
    const links = part.match(/https?:\/\/[^\s<"]+/g)!
    t.same(new Set(links), new Set([`${MAIL_LINKS}/invitations/x?y=1`]))
    t.notMatch(part, /\w\.evil/)
  }
})

t.test('an e-mail address in a text can still be copied', async (t) => {
  const { mails, mailer } = await mailbox(t)
  await mailer.send({ ...invitation, paragraphs: ['Ask bob.o@acme.example.'] })
  t.match(mails[0]!.text, 'Ask bob.o@acme.example.')
})

t.test('T11: an address reaches one mailbox, or none', async (t) => {
  const { mails, mailer } = await mailbox(t)
  const addresses = [
    'a@x.example,victim@y.example',
    'a@x.example>\r\nRCPT TO:<victim@y.example',
    '<a@x.example> <victim@y.example',
    'group:victim@y.example;',
    '"a,victim@y.example"@x.example',
  ]
  for (const to of addresses) await mailer.send({ ...invitation, to })
  for (const { to } of mails) t.equal(to.length, 1)
  t.notOk(mails.some(({ to }) => to.includes('victim@y.example')))
})

t.test('takes legal addresses of an unusual form', async (t) => {
  const { mails, mailer } = await mailbox(t)
  const addresses = ["o'brien+x@acme.example", '{a}=/%$@acme.example', 'ZoË@acme.example']
  for (const to of addresses) t.same(await mailer.send({ ...invitation, to }), { sent: true }, to)
  t.same(
    mails.map(({ to }) => to[0]),
    addresses,
  )
})

t.test('says what is wrong when the server refuses the address', async (t) => {
  const { mailer } = await mailbox(t, {
    onRcptTo: (_address, _session, done) =>
      done(Object.assign(new Error('no such user: secret'), { responseCode: 550 })),
  })
  t.same(await mailer.send(invitation), {
    sent: false,
    problem: 'The mail server does not take mail for this address (550).',
  })
})

t.test('says what is wrong when the server refuses the password', async (t) => {
  const { mailer, mails } = await mailbox(t, {
    login: 'me:hunter2@',
    authOptional: false,
    onAuth: (_auth, _session, done) => done(new Error('wrong')),
  })
  const delivery = await mailer.send(invitation)
  t.match(delivery, { sent: false, problem: /name and password/ })
  t.notMatch(JSON.stringify(delivery), 'hunter2')
  t.same(mails, [])
})

t.test('says that the server could not be reached', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  other.close()
  const mailer = createMailer({
    smtp_url: `smtp://127.0.0.1:${port}`,
    mail_from: 'a@x.example',
    url: MAIL_LINKS,
  })
  t.match(await mailer.send(invitation), { sent: false, problem: /could not be reached/ })
})

t.test('T31: sends no password to another machine in the clear', async (t) => {
  let tried = false
  const { mails, mailer } = await mailbox(t, {
    login: 'me:hunter2@',
    // This machine too, but not by a name that is known to be it.
    host: '127.1',
    disabledCommands: ['STARTTLS'],
    onAuth: (_auth, _session, done) => ((tried = true), done(null, { user: 'me' })),
  })
  t.match(await mailer.send(invitation), { sent: false, problem: /encrypted/ })
  t.notOk(tried)
  t.same(mails, [])
})

t.test('sends nothing to a server whose certificate is not valid', async (t) => {
  const { mails, mailer } = await mailbox(t, { hideSTARTTLS: false })
  t.match(await mailer.send(invitation), { sent: false, problem: /certificate/ })
  t.same(mails, [])
})

t.test('is not configured without a server, a sender or an address of our own', async (t) => {
  const all = { smtp_url: 'smtp://x.example', mail_from: 'a@x.example', url: MAIL_LINKS }
  t.ok(createMailer(all).configured)
  for (const name of ['smtp_url', 'mail_from', 'url'])
    t.equal(createMailer({ ...all, [name]: undefined }), noMailer)
  t.match(await noMailer.send(invitation), { sent: false, problem: /No mail server/ })
})
