// Behaviour that HTML does not have, keyed by data attributes, so that it works for whatever htmx
// swaps in. Every page works without it.

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest('[data-theme-toggle]')) document.dispatchEvent(new Event('theme:toggle'))
  const copy = target?.closest('[data-copy]')
  if (copy) void copyText(document.getElementById(copy.dataset.copy))
})

// Without HTTPS a page has no clipboard, and people may refuse it: then the text is selected.
async function copyText(source) {
  try {
    await navigator.clipboard.writeText(source.textContent)
    say('Copied.')
  } catch {
    getSelection().selectAllChildren(source)
    say('The text is selected. Copy it with Ctrl C.')
  }
}

function say(message) {
  const line = document.createElement('p')
  line.className = 'done'
  line.textContent = message
  document.getElementById('done').replaceChildren(line)
}

// Instants are sent in UTC and shown in the reader's own zone.
const formats = {
  full: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
  day: new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }),
  // What the clock of another zone shows.
  there: new Intl.DateTimeFormat(undefined, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  }),
}
const showTimes = (root) => {
  for (const time of root.querySelectorAll('time[data-time]')) {
    const there = time.dataset.time === 'there'
    const instant = new Date(there ? `${time.dateTime}Z` : time.dateTime)
    time.textContent = formats[time.dataset.time || 'full'].format(instant)
    if (!there) time.title = `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`
  }
}

// After a page came in without a reload, its heading, or its first wrong field, has the focus.
const focusPage = () => {
  const main = document.getElementById('main')
  const field = main?.querySelector('[aria-invalid="true"], [data-focus]')
  if (field) field.focus()
  else main?.querySelector('h1')?.focus({ preventScroll: true })
}

// Whoever changed something comes back to where it stands.
const showDone = () => {
  const place = document.querySelector('.done[data-place]')?.dataset.place
  const row = place && document.getElementById(place)
  if (!row) return
  row.scrollIntoView({ block: 'center' })
  row.classList.add('just-done')
}

document.addEventListener('htmx:after:swap', (event) => {
  showTimes(document)
  if (event.detail?.ctx?.target !== document.body) return
  // A field keeps what was typed when its page is replaced; these say what their address says.
  for (const form of document.querySelectorAll('form[data-reset]')) form.reset()
  // On a phone the menu has led here.
  document.getElementById('nav')?.hidePopover()
  focusPage()
  showDone()
})

// An address says only what was asked for: empty fields of a form that reads are left out.
document.addEventListener('htmx:config:request', (event) => {
  const { method, body } = event.detail.ctx.request
  if (method !== 'GET') return
  const empty = [...body].filter(([, value]) => value === '')
  for (const [name] of empty) body.delete(name)
})

showTimes(document)
document.querySelector('#main [aria-invalid="true"]')?.focus()
showDone()
