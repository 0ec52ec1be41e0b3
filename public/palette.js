// The search that Ctrl-K or ⌘K opens over any page. Its results are links; arrows move between
// them. Without this script the button that opens it is a link to the page /search.
{
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform)
  const palette = () => document.getElementById('palette')
  const input = () => palette().querySelector('input')
  const hits = () => [...palette().querySelectorAll('[data-hit]')]

  const open = () => {
    if (palette().open) return
    palette().showModal()
    input().select()
    input().dispatchEvent(new Event('palette:open'))
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
      } else if (event.key === 'Enter' && event.target === input() && hits().length > 0) {
        event.preventDefault()
        hits()[0].click()
      }
    }
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
