// Fields that take several of what is suggested: `[data-chips]` around a combobox and the textarea
// that is sent, a line for each. What is chosen is shown as chips that can be removed.
{
  const partsOf = (target) => {
    const field = target.closest?.('[data-chips]')
    if (!field) return null
    const find = (selector) => field.querySelector(selector)
    const [input, lines, list] = [
      find('[role="combobox"]'),
      find('textarea'),
      find('[data-chosen]'),
    ]
    return { field, input, lines, list, status: find('[role="status"]') }
  }

  const split = (text) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)

  const draw = ({ field, lines, list }) => {
    const pattern = field.querySelector('template')
    const chips = [...new Set(split(lines.value))].map((line) => {
      const chip = pattern.content.cloneNode(true)
      chip.querySelector('bdi').textContent = line
      chip.querySelector('button').setAttribute('aria-label', `Remove ${line}`)
      return chip
    })
    list.replaceChildren(...chips)
  }

  const write = (parts, chosen) => {
    parts.lines.value = [...new Set(chosen)].join('\n')
    draw(parts)
    parts.lines.dispatchEvent(new Event('input', { bubbles: true }))
  }

  const add = (parts, text) => {
    const more = split(text)
    parts.input.value = ''
    if (more.length === 0) return
    write(parts, [...split(parts.lines.value), ...more])
    parts.list.lastElementChild?.scrollIntoView({ block: 'nearest' })
    parts.status.textContent = more.length === 1 ? `${more[0]} added` : `${more.length} added`
  }

  const remove = (parts, index) => {
    const chosen = split(parts.lines.value)
    const [gone] = chosen.splice(index, 1)
    write(parts, chosen)
    parts.status.textContent = `${gone} removed`
    const buttons = parts.list.querySelectorAll('button')
    const next = buttons[Math.min(index, buttons.length - 1)] ?? parts.input
    next.focus()
  }

  const isInput = (parts, target) => parts !== null && target === parts.input

  // Chosen from the suggestions, or typed and left.
  document.addEventListener('change', ({ target }) => {
    const parts = partsOf(target)
    if (isInput(parts, target)) add(parts, target.value)
  })

  document.addEventListener('keydown', (event) => {
    const { target, key } = event
    const parts = partsOf(target)
    if (!isInput(parts, target) || event.defaultPrevented || event.isComposing) return
    if (key === 'Enter' && target.value.trim() !== '') {
      event.preventDefault()
      add(parts, target.value)
    } else if (key === 'Backspace' && target.value === '' && parts.list.lastElementChild) {
      remove(parts, parts.list.children.length - 1)
      target.focus()
    }
  })

  document.addEventListener('paste', (event) => {
    const parts = partsOf(event.target)
    const text = event.clipboardData?.getData('text') ?? ''
    if (!isInput(parts, event.target) || !text.includes('\n')) return
    event.preventDefault()
    add(parts, text)
  })

  document.addEventListener('click', ({ target }) => {
    const button = target.closest?.('[data-chips] [data-remove]')
    if (!button) return
    const chip = button.closest('li')
    remove(partsOf(button), [...chip.parentElement.children].indexOf(chip))
  })

  const drawAll = () => {
    for (const field of document.querySelectorAll('[data-chips]')) draw(partsOf(field))
  }
  document.addEventListener('htmx:after:swap', drawAll)
  drawAll()
}
