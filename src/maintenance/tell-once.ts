import type { Log } from './scheduler.ts'

/**
 * A log that tells of each trouble once, and then again only after a look that did not meet it: it is
 * met at every look until somebody mends it.
 */
export function tellOnce({ trouble, ...others }: Log) {
  let told = new Set<string>()
  let met = new Set<string>()
  const log: Log = {
    ...others,
    trouble(error, schedule_id) {
      const name = `${schedule_id} ${String(error)}`
      if (!told.has(name)) trouble(error, schedule_id)
      told.add(name)
      met.add(name)
    },
  }
  /** Called after each look that came to its end. */
  const endLook = () => {
    told = met
    met = new Set()
  }
  return { log, endLook }
}
