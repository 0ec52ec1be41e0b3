import t from 'tap'
import { rawClient } from '../support/raw.ts'
import { world } from '../support/world.ts'

t.test('answers the API in JSON, however its path is spelled', async (t) => {
  const { app, api } = await world(t)
  const ask = await rawClient(t, app)
  const headers = { authorization: `Bearer ${api.token}` }
  for (const path of ['/api/v1', '/%61pi/v1', '/ap%69/%761']) {
    const { status, payload } = await ask('GET', `${path}/tenants/99999999`, headers)
    t.equal(status, 404)
    t.match(JSON.parse(payload), { status: 404, detail: 'There is no tenant 99999999.' })
  }
})

t.test('answers in JSON where there is nothing below /api/, else with a page', async (t) => {
  const { app } = await world(t)
  const ask = await rawClient(t, app)
  t.match(JSON.parse((await ask('GET', '/api/v1/nothing')).payload), { status: 404 })
  t.match((await ask('GET', '/nothing?next=/api/')).payload, '<h1')
})
