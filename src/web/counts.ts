// Made once: `toLocaleString` makes a format anew each time, which costs more than a query. The
// first takes ten milliseconds, which is why that is not at start.
let format: Intl.NumberFormat | undefined

/** A number as people read it: 1,000,000. */
export const formatCount = (count: number) => (format ??= new Intl.NumberFormat('en')).format(count)

/** A number with its noun: "1 tenant", "1,000 tenants". */
export const countOf = (count: number, one: string, many: string) =>
  `${formatCount(count)} ${count === 1 ? one : many}`
