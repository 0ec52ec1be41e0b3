/** The message at a field of a form, as text; null when the field is in order. */
export const fieldError = (html: string, name: string) =>
  unescape(new RegExp(`id="field-${name}-error">([^<]*)<`).exec(html)?.[1] ?? null)

/** What a text field of a form holds. */
export const fieldValue = (html: string, name: string) =>
  unescape(
    new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1] ??
      new RegExp(`<textarea[^>]* name="${name}"[^>]*>([^<]*)<`).exec(html)?.[1] ??
      new RegExp(`name="${name}"[\\s\\S]*?<option value="([^"]*)" selected`).exec(html)?.[1] ??
      null,
  )

/** What a page says in its main part, without tags and with single spaces. */
export const mainText = (html: string) => textOf(/<main[\s\S]*<\/main>/.exec(html)?.[0] ?? '')

/** What a piece of HTML says, without tags and with single spaces. */
export const textOf = (html: string) =>
  unescape(html.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()

const SIGNS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function unescape(text: string): string
function unescape(text: string | null): string | null
function unescape(text: string | null) {
  return text && text.replace(/&(amp|lt|gt|quot|#39);/g, (_, sign: string) => SIGNS[sign]!)
}

/** What a browser would send of the form with this class, as it is drawn. */
export function fieldsIn(html: string, form = 'schedule-form'): Record<string, string> {
  const [, drawn = ''] =
    new RegExp(`<form class="[^"]*${form}[^]*?>([^]*?)</form>`).exec(html) ?? []
  const attribute = (tag: string, name: string) =>
    unescape(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
  const fields: Record<string, string> = {}
  for (const [tag] of drawn.matchAll(/<input[^>]*>/g)) {
    // Without a name it is not sent.
    if (!/ name="/.test(tag)) continue
    const ticks = /type="(checkbox|radio)"/.test(tag)
    if (ticks && !/ checked/.test(tag)) continue
    fields[attribute(tag, 'name')] = attribute(tag, 'value') || (ticks ? 'on' : '')
  }
  for (const [, tag = '', text = ''] of drawn.matchAll(/(<textarea[^>]*>)([^<]*)</g))
    fields[attribute(tag, 'name')] = unescape(text)
  for (const [, tag = '', options = ''] of drawn.matchAll(/(<select[^>]*>)([^]*?)<\/select>/g)) {
    const chosen = /<option[^>]* selected>/.exec(options) ?? /<option[^>]*>/.exec(options)
    fields[attribute(tag, 'name')] = attribute(chosen?.[0] ?? '', 'value')
  }
  return fields
}
