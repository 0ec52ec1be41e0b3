// The tree of tenants: keys as in the WAI-ARIA treegrid pattern, and branches that open in place.
// Without it, a branch is opened by its link, which leads to the same page with the branch open.
{
  const rowOf = (node) => node.closest?.('[data-treegrid] tbody tr')
  const bodyOf = (row) => row.parentElement
  const levelOf = (row) => Number(row.getAttribute('aria-level') ?? 1)
  const isOpen = (row) => row.getAttribute('aria-expanded') === 'true'
  const isClosed = (row) => row.getAttribute('aria-expanded') === 'false'
  const idOf = (row) => row.id.slice(1)

  // One row is in the tab order, and what is in it; the arrow keys lead to the others.
  const setTabbable = (row, isTabbable) => {
    row.tabIndex = isTabbable ? 0 : -1
    for (const control of row.querySelectorAll('a, input')) control.tabIndex = row.tabIndex
  }

  const setCurrent = (row) => {
    const current = bodyOf(row).querySelector('tr[tabindex="0"]')
    if (current === row) return
    if (current) setTabbable(current, false)
    setTabbable(row, true)
  }

  const takeIn = () => {
    for (const grid of document.querySelectorAll('[data-treegrid]')) {
      for (const row of grid.querySelectorAll('tbody tr:not([tabindex])')) setTabbable(row, false)
      const rows = grid.tBodies[0].rows
      if (rows.length > 0 && !grid.querySelector('tbody tr[tabindex="0"]')) setCurrent(rows[0])
    }
  }

  const focusRow = (row) => {
    if (!row) return
    setCurrent(row)
    row.focus()
  }

  const parentOf = (row) => {
    let above = row.previousElementSibling
    while (above && levelOf(above) >= levelOf(row)) above = above.previousElementSibling
    return above
  }

  // The open branches stand in the address, so that it can be shared and come back to.
  const openIds = () =>
    (new URL(location).searchParams.get('open') ?? '').split('.').filter(Boolean)

  const keepOpen = (ids) => {
    const url = new URL(location)
    if (ids.length > 0) url.searchParams.set('open', ids.join('.'))
    else url.searchParams.delete('open')
    history.replaceState(history.state, '', url)
  }

  const setExpanded = (row, isExpanded) => {
    row.setAttribute('aria-expanded', isExpanded)
    const link = row.querySelector('.twist')
    const label = link.getAttribute('aria-label').replace(/^\w+/, isExpanded ? 'Close' : 'Open')
    link.setAttribute('aria-label', label)
  }

  const openBranch = async (row) => {
    if (row.hasAttribute('aria-busy')) return
    row.setAttribute('aria-busy', 'true')
    const ids = [...new Set([...openIds(), idOf(row)])]
    const query = new URLSearchParams({ level: levelOf(row) + 1, open: ids.join('.') })
    const sort = new URL(location).searchParams.get('sort')
    if (sort) query.set('sort', sort)
    const response = await fetch(`/tenants/${idOf(row)}/children?${query}`).catch(() => null)
    // Signed out meanwhile, or no answer: the link leads on, or says what is wrong.
    if (!response?.ok || response.redirected)
      return location.assign(row.querySelector('.twist').href)
    const children = await response.text()
    row.removeAttribute('aria-busy')
    if (!row.isConnected) return
    row.insertAdjacentHTML('afterend', children)
    setExpanded(row, true)
    keepOpen(ids)
    takeIn()
    htmx.process(bodyOf(row))
    row.dispatchEvent(new CustomEvent('tree:change', { bubbles: true }))
  }

  const closeBranch = (row) => {
    while (row.nextElementSibling && levelOf(row.nextElementSibling) > levelOf(row))
      row.nextElementSibling.remove()
    setExpanded(row, false)
    keepOpen(openIds().filter((id) => id !== idOf(row)))
    row.dispatchEvent(new CustomEvent('tree:change', { bubbles: true }))
  }

  const keys = {
    ArrowDown: (row) => focusRow(row.nextElementSibling),
    ArrowUp: (row) => focusRow(row.previousElementSibling),
    Home: (row) => focusRow(bodyOf(row).firstElementChild),
    End: (row) => focusRow(bodyOf(row).lastElementChild),
    ArrowRight: (row) => {
      if (isClosed(row)) return void openBranch(row)
      if (isOpen(row)) focusRow(row.nextElementSibling)
    },
    ArrowLeft: (row) => {
      if (isOpen(row)) return closeBranch(row)
      focusRow(parentOf(row))
    },
  }

  // These belong to the row only; a link or a checkbox in it has its own.
  const rowKeys = {
    Enter: (row) => row.querySelector('a.name, .more a')?.click(),
    ' ': (row) => row.querySelector('input')?.click(),
  }

  document.addEventListener('keydown', (event) => {
    const row = rowOf(event.target)
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return
    const act = keys[event.key] ?? (event.target === row ? rowKeys[event.key] : undefined)
    if (!act) return
    event.preventDefault()
    if (event.target !== row) focusRow(row)
    act(row)
  })

  document.addEventListener('focusin', (event) => {
    const row = rowOf(event.target)
    if (row) setCurrent(row)
  })

  // Before htmx, for which the link is one like any other.
  document.addEventListener(
    'click',
    (event) => {
      const link = event.target.closest?.('.twist')
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      event.stopPropagation()
      const row = rowOf(link)
      if (isOpen(row)) closeBranch(row)
      else void openBranch(row)
    },
    true,
  )

  // When "Show more" gives way to the rows that it stood for, the focus goes on to the first.
  let before_more = null
  document.addEventListener('htmx:before:swap', (event) => {
    const row = rowOf(event.target)
    before_more = row?.matches('.more') ? row.previousElementSibling : null
  })
  document.addEventListener('htmx:after:swap', () => {
    takeIn()
    if (before_more?.isConnected) focusRow(before_more.nextElementSibling)
    before_more = null
  })

  takeIn()
}
