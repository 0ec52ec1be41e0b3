/**
 * Spreadsheets run a cell that begins with one of these as a formula. Such a cell is written with
 * an apostrophe before it, which they take as "this is text", and the reader takes exactly that one
 * away again. A cell that has apostrophes there of its own gets one more: nothing is lost.
 */
const STARTS_FORMULA = /^'*[=+\-@\t\r\n]/
const IS_DISARMED = /^'+[=+\-@\t\r\n]/

/** The cell as it is written. */
export const disarmFormula = (text: string) => (STARTS_FORMULA.test(text) ? `'${text}` : text)

/** The cell as it was before `disarmFormula`. */
export const readDisarmed = (text: string) => (IS_DISARMED.test(text) ? text.slice(1) : text)
