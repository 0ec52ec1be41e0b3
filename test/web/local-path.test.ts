import t from 'tap'
import { localPath } from '../../src/web/local-path.ts'
import { LEADS_AWAY } from './leads-away.ts'

t.test('T13: takes nothing that leads to another server', async (t) => {
  for (const text of LEADS_AWAY) t.equal(localPath(text), undefined, JSON.stringify(text))
})

t.test('takes no more than one text', async (t) => {
  for (const value of [undefined, null, 3, ['/a', '/b'], { a: '/a' }])
    t.equal(localPath(value), undefined)
})

t.test('keeps paths of our own with their query', async (t) => {
  t.equal(localPath('/tenants?open=3%2C4&q=b'), '/tenants?open=3%2C4&q=b')
  t.equal(localPath('/tenants/3#history'), '/tenants/3#history')
  t.equal(localPath('/a/../tenants'), '/tenants')
  t.equal(localPath('/tenants?q=//evil.example'), '/tenants?q=//evil.example')
  t.equal(localPath('/tenants/é'), '/tenants/%C3%A9', 'in letters that a header may have')
})
