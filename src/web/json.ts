import type { Api } from './api.ts'

/** A string of JSON text, with the colon that follows it when it is the name of a field. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g

/**
 * Takes JSON bodies and no others. Refuses a field that is named twice: which of the two counts
 * would depend on who reads it. An empty body is none, as many clients name the type at all times.
 */
export function takeOnlyJson(api: Api) {
  api.removeAllContentTypeParsers()
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') return done(null, undefined)
    void parse(request, text as string, (error, body) => {
      if (error || countNames(body) === countWrittenNames(text as string)) return done(error, body)
      done(Object.assign(new Error('A field is named twice.'), { statusCode: 400 }))
    })
  })
}

function countWrittenNames(text: string) {
  let count = 0
  for (const [, colon] of text.matchAll(STRING)) if (colon) count++
  return count
}

/** Not by recursion: what was sent may be nested deeper than the stack is high. */
function countNames(body: unknown) {
  let count = 0
  const open = [body]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null) continue
    const parts = Object.values(value)
    if (!Array.isArray(value)) count += parts.length
    for (const part of parts) open.push(part)
  }
  return count
}
