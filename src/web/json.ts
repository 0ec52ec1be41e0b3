import type { Api } from './api.ts'

/** A string of JSON text, with the colon that follows it when it is the name of a field. */
const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g

/**
 * Takes JSON bodies and no others. Refuses a field that is named twice: which of the two counts
 * would depend on who reads it.
 */
export function takeOnlyJson(api: Api) {
  api.removeAllContentTypeParsers()
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
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

function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const names = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce((count: number, part) => count + countNames(part), names)
}
