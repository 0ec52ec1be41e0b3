// A running job: [data-job] holds its address. Its bar follows the server's events, and the page
// is fetched anew when the job has ended. Without this the page reloads by itself now and then.
{
  let source
  const close = () => {
    source?.close()
    source = undefined
  }

  const showProgress = (region, { done, total }) => {
    if (total === 0) return
    const bar = region.querySelector('progress')
    bar.max = total
    bar.value = done
    region.querySelector('[data-job-count]').textContent =
      `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
  }

  const watchJob = () => {
    const region = document.querySelector('[data-job]')
    const address = region && new URL(`${region.dataset.job}/events`, location.href).href
    if (source && source.url === address) return
    close()
    if (!region) return
    source = new EventSource(address)
    source.addEventListener('progress', (event) => showProgress(region, JSON.parse(event.data)))
    source.addEventListener('end', () => {
      close()
      htmx.ajax('GET', region.dataset.job, { target: '#main', select: '#main', swap: 'outerMorph' })
    })
  }

  document.addEventListener('htmx:after:swap', watchJob)
  addEventListener('pagehide', close)
  watchJob()
}
