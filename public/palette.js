// The search that Ctrl-K or ⌘K opens over any page. Its results are links; arrows move between
// them. Without this script the button that opens it is a link to the page /search.
{
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
  const palette = () => document.getElementById('palette')
  const input = () => palette().querySelector('input')
  const hits = () => [...palette().querySelectorAll('[data-hit]')]

  // htmx takes the page over in a timer that it set before this one. Who opens the search sooner
  // still is shown the first hits then.
  const isTakenOver = new Promise((resolve) => setTimeout(resolve))

  // Whoever types fast presses Enter before the hits are those of what was typed.
  let asked = ''
  let shown = null
  let is_awaited = false

  const openFirst = () => {
    const [first] = hits()
    palette().close()
    if (first) first.click()
    else input().form.requestSubmit()
  }

  const open = () => {
    if (palette().open) return
    shown = null
    is_awaited = false
    palette().showModal()
    input().select()
    void isTakenOver.then(() => input().dispatchEvent(new Event('palette:open')))
  }

  const move = (step) => {
    const stops = [input(), ...hits()]
    const at = stops.indexOf(document.activeElement)
    stops[(Math.max(at, 0) + step + stops.length) % stops.length].focus()
  }

  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() === 'k' && (isMac ? event.metaKey : event.ctrlKey)) {
      if (!palette()) return
      event.preventDefault()
      open()
    } else if (event.target.closest?.('#palette')) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault()
        move(event.key === 'ArrowDown' ? 1 : -1)
      } else if (event.key === 'Enter' && event.target === input()) {
        event.preventDefault()
        if (input().value === shown) openFirst()
        else is_awaited = true
      } else is_awaited = false
    }
  })

  document.addEventListener('htmx:before:request', ({ detail }) => {
    if (detail.ctx.target?.id === 'palette-hits') asked = input().value
  })

  document.addEventListener('htmx:after:swap', ({ detail }) => {
    if (detail.ctx.target?.id !== 'palette-hits') return
    shown = asked
    if (is_awaited && input().value === shown) openFirst()
  })

  document.addEventListener('click', (event) => {
    if (event.target.closest?.('[data-palette]')) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      open()
    } else if (event.target.id === 'palette' || event.target.closest?.('#palette [data-hit]')) {
      // On the backdrop, or on its way to another page.
      palette().close()
    }
  })

  // Signed out meanwhile: the answer is the page to sign in, not a list of hits.
  document.addEventListener('htmx:before:response', (event) => {
    const { target, response } = event.detail.ctx
    if (target?.id !== 'palette-hits' || !response.raw.redirected) return
    event.preventDefault()
    location.reload()
  })

  if (isMac)
    for (const key of document.querySelectorAll('[data-palette] kbd')) key.textContent = '⌘K'
}
