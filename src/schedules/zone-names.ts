import { canonicalZone, zoneNames } from '../web/zones.ts'

/** What is to be said of a zone that was typed under another name than it has; '' of no other. */
export function renamedZone(text: string) {
  const typed = text.trim()
  const name = canonicalZone(typed)
  if (!name || name.toLowerCase() === typed.toLowerCase()) return ''
  return `The time zone ${typed} is called ${name} now.`
}

/** What is wrong with a text that is no zone, and which one was probably meant. */
export function unknownZone(text: string) {
  const typed = text.trim()
  if (typed === '') return 'Choose a time zone such as Europe/Berlin.'
  const city = `/${typed.toLowerCase().replaceAll(' ', '_')}`
  const meant = zoneNames().find((name) => name.toLowerCase().endsWith(city))
  const instead = meant ? `Did you mean ${meant}?` : 'Choose one such as Europe/Berlin.'
  return `There is no time zone “${typed.slice(0, 60)}”. ${instead}`
}
