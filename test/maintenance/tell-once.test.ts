import t from 'tap'
import { tellOnce } from '../../src/maintenance/tell-once.ts'

/** What is told of some looks, each of which meets the troubles of some schedules. */
function toldOf(looks: number[][]) {
  const told: number[] = []
  const { log, endLook } = tellOnce({ moved() {}, trouble: (_, id) => told.push(id!) })
  for (const met of looks) {
    for (const id of met) log.trouble(new Error('This schedule cannot be opened.'), id)
    endLook()
  }
  return told
}

t.test('schedules that fail at every look are told of once', async (t) => {
  t.same(
    toldOf([
      [1, 2],
      [1, 2],
      [2, 1],
    ]),
    [1, 2],
  )
})

t.test('a schedule that fails again after it was mended is told of again', async (t) => {
  t.same(toldOf([[1, 2], [2], [1, 2]]), [1, 2, 1])
})

t.test('a look that was broken off mends nothing', async (t) => {
  const told: string[] = []
  const { log, endLook } = tellOnce({ moved() {}, trouble: (error) => told.push(String(error)) })
  log.trouble(new Error('one'), 1)
  endLook()
  log.trouble(new Error('the database is gone'))
  log.trouble(new Error('one'), 1)
  t.same(told, ['Error: one', 'Error: the database is gone'])
})
