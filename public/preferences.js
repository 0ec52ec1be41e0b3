// The editor of a preference says what a change would do while it is being made.
{
  let waiting
  document.addEventListener('input', (event) => {
    const form = event.target instanceof Element && event.target.closest('form[data-preview]')
    if (!form) return
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      if (!form.isConnected) return
      const fields = new URLSearchParams(new FormData(form))
      fields.delete('previewed')
      htmx.ajax('GET', `${form.getAttribute('action')}?${fields}`, {
        target: '#impact',
        select: '#impact',
        swap: 'outerHTML',
        push: 'false',
      })
    }, 250)
  })

  // What is sent now says itself what it would do.
  document.addEventListener('submit', () => clearTimeout(waiting), true)
}
