import type { TagColor } from '../../db/tag-schema.ts'
import { ROOT, provider } from './decisions.ts'

type DemoRole = 'manager' | 'technician' | 'viewer'

export type DemoPerson = {
  name: string
  email: string
  /** Without one they are a person and no user. */
  role?: DemoRole
  tags?: readonly string[]
}

/** Made at All tenants, to be used everywhere. */
export const tags: { name: string; color: TagColor; description: string }[] = [
  { name: 'VIP', color: 'violet', description: 'Answered first' },
  { name: 'Key contact', color: 'blue', description: 'May order and approve' },
  { name: 'On leave', color: 'gray', description: '' },
]

/** Who works where. None of them can sign in before being invited. */
export const people: Record<string, DemoPerson[]> = {
  [provider.name]: [
    { name: 'Jonas Weber', email: 'jonas@harbour-it.example', role: 'technician' },
    { name: 'Aoife Brennan', email: 'aoife@harbour-it.example', role: 'viewer' },
    { name: 'Mateo Álvarez', email: 'mateo@harbour-it.example', role: 'viewer' },
    { name: 'Linh Trần', email: 'linh@harbour-it.example', role: 'manager' },
  ],
  'Ashford & Pryce Solicitors': [
    { name: 'Eleanor Pryce', email: 'e.pryce@ashford-pryce.example', tags: ['VIP'] },
    { name: 'Samuel Okoro', email: 's.okoro@ashford-pryce.example', role: 'technician' },
  ],
  'Ashford & Pryce Solicitors/Exeter/Litigation': [
    { name: 'Hannah Lyle', email: 'h.lyle@ashford-pryce.example' },
    { name: 'Rhys Bowen', email: 'r.bowen@ashford-pryce.example', tags: ['On leave'] },
  ],
  'Müller Maschinenbau GmbH': [
    { name: 'Jürgen Müller', email: 'j.mueller@mueller-mb.example', tags: ['VIP', 'Key contact'] },
  ],
  'Müller Maschinenbau GmbH/Werk Bielefeld/Fertigung': [
    { name: 'Ayşe Demir', email: 'a.demir@mueller-mb.example' },
    { name: 'Krzysztof Wójcik', email: 'k.wojcik@mueller-mb.example' },
  ],
  'Nordlicht Kliniken': [
    { name: 'Dr. Birte Hansen', email: 'b.hansen@nordlicht.example', tags: ['VIP'] },
    { name: 'Torben Schütt', email: 't.schuett@nordlicht.example', role: 'viewer' },
  ],
  'Maple & Main Credit Union': [
    {
      name: 'Chantal Roy',
      email: 'c.roy@maplemain.example',
      role: 'manager',
      tags: ['Key contact'],
    },
    { name: 'Devon Clarke', email: 'd.clarke@maplemain.example', role: 'technician' },
  ],
  'Maple & Main Credit Union/Kingston/Lending': [
    { name: 'Noor Haddad', email: 'n.haddad@maplemain.example' },
    { name: 'Peter Vance', email: 'p.vance@maplemain.example' },
  ],
  'Cornerstone Charter Schools': [
    { name: 'Maria Delgado', email: 'm.delgado@cornerstone.example', role: 'technician' },
  ],
  株式会社さくら印刷: [
    { name: '佐藤 由美', email: 'sato@sakura-insatsu.example', tags: ['Key contact'] },
  ],
  'مكتب الرشيد للمحاماة': [{ name: 'ليلى الرشيد', email: 'laila@alrasheed.example' }],
  'Greenwich Maritime Trust': [
    { name: 'Ottilie Marsh', email: 'o.marsh@greenwich-maritime.example', tags: ['Key contact'] },
  ],
}

/** Those who watch at the provider, and help where they are needed. */
export const group = {
  name: 'Service desk',
  description: 'Answers the telephone, for every customer',
  members: ['aoife@harbour-it.example', 'mateo@harbour-it.example'],
}

/** What somebody has besides their own role, or is denied. */
export const assignments = [
  {
    group: group.name,
    at: ROOT,
    role: 'technician',
    effect: 'allow',
    reason: 'The desk works for everybody',
  },
  {
    person: 'jonas@harbour-it.example',
    at: 'Nordlicht Kliniken',
    role: null,
    effect: 'deny',
    reason: 'Not yet cleared for patient data',
  },
  {
    person: 's.okoro@ashford-pryce.example',
    at: 'Greenwich Maritime Trust',
    role: 'viewer',
    effect: 'allow',
    reason: 'Looks after their archive, too',
  },
] as const
