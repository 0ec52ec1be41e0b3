import t from 'tap'
import { type Access, lastingUntil, permitsThroughout } from '../../src/access/decide.ts'
import type { Permission } from '../../src/access/permissions.ts'

const grant = (path: string, permissions: Permission[], expires_at: string | null = null) => ({
  path,
  permissions: new Set(permissions),
  expires_at,
})

const access = (some: Partial<Access>): Access => ({ allows: [], denies: [], limit: null, ...some })

const ALLOWED = [grant('/1/3/', ['tenant.view', 'tenant.edit'])]

t.test(
  'is permitted throughout a branch where it is permitted and nothing in it is denied',
  async (t) => {
    const cases: [string, Partial<Access>, boolean][] = [
      ['nothing is denied', { allows: ALLOWED }, true],
      ['it is not allowed', { allows: [grant('/1/3/', ['tenant.view'])] }, false],
      [
        'it is allowed elsewhere',
        { allows: [grant('/1/6/', ['tenant.view', 'tenant.edit'])] },
        false,
      ],
      [
        'it is denied below',
        { allows: ALLOWED, denies: [grant('/1/3/4/', ['tenant.edit'])] },
        false,
      ],
      [
        'seeing is denied below',
        { allows: ALLOWED, denies: [grant('/1/3/4/', ['tenant.view'])] },
        false,
      ],
      [
        'something else is denied below',
        { allows: ALLOWED, denies: [grant('/1/3/4/', ['tenant.move'])] },
        true,
      ],
      [
        'it is denied elsewhere',
        { allows: ALLOWED, denies: [grant('/1/6/', ['tenant.edit'])] },
        true,
      ],
    ]
    for (const [name, some, expected] of cases)
      t.equal(permitsThroughout(access(some), 'tenant.edit', '/1/3/'), expected, name)
  },
)

t.test('lasts until a moment what does not end before it', async (t) => {
  const [soon, later] = ['2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z']
  const allows = [null, soon, later].map((end) => grant('/1/3/', ['tenant.view'], end))
  const lasting = (until: string | null) =>
    lastingUntil(access({ allows }), until).allows.map(({ expires_at }) => expires_at)
  t.same(lasting(null), [null])
  t.same(lasting(later), [null, later])
  t.same(lasting(soon), [null, soon, later])
})
