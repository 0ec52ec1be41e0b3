import type { Mailer, Message } from '../../mail/mailer.ts'
import type { Told } from './commands.ts'

/** Tells each by mail, once it has happened. What cannot be sent is at the bell anyway. */
export function tellByMail(mailer: Mailer, told: Told, about: Omit<Message, 'to'>) {
  if (!mailer.configured) return
  for (const { email } of told) void mailer.send({ ...about, to: email })
}

export const askedMail = (who: string, asked_for: string, message: string) => ({
  subject: `${who} asks for access to ${asked_for}`,
  paragraphs: [
    `${who} asks for access to ${asked_for}.`,
    ...(message ? [`They say: ${message}`] : []),
  ],
  action: { label: 'Grant or deny it', path: '/access-requests' },
  footnote: 'You get this since you may grant access there.',
})

export const grantedMail = (asked_for: string) => ({
  subject: `You have access to ${asked_for}`,
  paragraphs: [`Your request for access to ${asked_for} was granted.`],
  action: { label: 'Look at it', path: '/access-requests' },
  footnote: 'You get this since you asked for it.',
})

export const deniedMail = (asked_for: string, reason: string) => ({
  subject: `Your request for ${asked_for} was denied`,
  paragraphs: [`Your request for access to ${asked_for} was denied: ${reason}`],
  footnote: 'You get this since you asked for it.',
})
