// Made once: `toLocaleString` makes a format anew each time, which costs more than a query.
const format = new Intl.NumberFormat('en')

/** A number as people read it: 1,000,000. */
export const formatCount = (count: number) => format.format(count)

/** A number with its noun: "1 tenant", "1,000 tenants". */
export const countOf = (count: number, one: string, many: string) =>
  `${formatCount(count)} ${count === 1 ? one : many}`
