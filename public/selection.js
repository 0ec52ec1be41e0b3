// Selecting rows: the count, ranges with Shift, all on the page. What is selected is sent by the
// checkboxes themselves, as fields of the form that the batch bar is.
{
  const boxesOf = (grid) => [...grid.querySelectorAll('tbody input[name="ids"]')]
  let last_clicked = null

  const showCount = (grid) => {
    const boxes = boxesOf(grid)
    let count = 0
    for (const box of boxes) {
      const row = box.closest('tr')
      if (box.checked) count += 1
      if (box.checked) row.setAttribute('aria-selected', 'true')
      else row.removeAttribute('aria-selected')
    }
    const all = grid.querySelector('[data-select-all]')
    if (all) {
      all.checked = count > 0 && count === boxes.length
      all.indeterminate = count > 0 && count < boxes.length
    }
    const bar = document.getElementById('batch')
    const said = bar?.querySelector('[data-selected]')
    if (!said) return
    const matching = bar.querySelector('input[name="match"]:checked')
    const number = count.toLocaleString('en')
    const { noun, nouns } = bar.dataset
    const text = matching ? 'Selected:' : `${number} ${count === 1 ? noun : nouns} selected`
    if (said.textContent !== text) said.textContent = text
  }

  const showCounts = () => document.querySelectorAll('[data-treegrid]').forEach(showCount)

  document.addEventListener('click', (event) => {
    const box = event.target
    if (!box.matches?.('[data-treegrid] tbody input[name="ids"]')) return
    const boxes = boxesOf(box.closest('[data-treegrid]'))
    const [from, to] = [boxes.indexOf(last_clicked), boxes.indexOf(box)].sort((a, b) => a - b)
    if (event.shiftKey && from >= 0)
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked
    last_clicked = box
  })

  document.addEventListener('change', (event) => {
    const box = event.target
    if (box.matches('[data-select-all]'))
      for (const one of boxesOf(box.closest('[data-treegrid]'))) one.checked = box.checked
    if (box.closest('[data-treegrid], #batch')) showCounts()
  })

  // A list that renews itself leaves alone what is being selected.
  document.addEventListener('htmx:before:request', (event) => {
    const list = event.target
    if (list.id === 'list' && list.querySelector('tbody input:checked, .batch :checked'))
      event.preventDefault()
  })

  for (const name of ['htmx:after:swap', 'tree:change', 'pageshow'])
    addEventListener(name, showCounts)
  showCounts()
}
