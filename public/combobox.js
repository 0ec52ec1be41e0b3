// Fields that suggest as one types: `[data-combobox=ADDRESS]` around an input and a listbox. The
// server answers ADDRESS?q=… with options; choosing one fills the input with its `data-value`, and
// sets a `select[data-usual]` of the same form to its `data-usual`, unless somebody has touched it.
// `data-with=NAME` sends the field of that name along, on which the suggestions depend.
{
  const DELAY_MS = 120
  const pending = new WeakMap()

  const parts = (target) => {
    const input = target.closest?.('[data-combobox] [role="combobox"]')
    const box = input?.closest('[data-combobox]')
    return input && { box, input, list: box.querySelector('[role="listbox"]') }
  }
  const options = (list) => [...list.querySelectorAll('[data-value]')]
  const isOpen = ({ input }) => input.getAttribute('aria-expanded') === 'true'

  const close = ({ input, list }) => {
    clearTimeout(pending.get(input)?.timer)
    pending.get(input)?.abort.abort()
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
    list.hidden = true
  }

  const activate = ({ input, list }, option) => {
    for (const one of options(list)) one.setAttribute('aria-selected', String(one === option))
    if (!option) return input.removeAttribute('aria-activedescendant')
    input.setAttribute('aria-activedescendant', option.id)
    option.scrollIntoView({ block: 'nearest' })
  }

  const active = ({ list }) => list.querySelector('[data-value][aria-selected="true"]')

  const choose = (combobox, option) => {
    combobox.input.value = option.dataset.value
    const follower = combobox.input.form?.querySelector('select[data-usual]')
    if (follower && option.dataset.usual) follower.value = option.dataset.usual
    close(combobox)
    combobox.input.dispatchEvent(new Event('change', { bubbles: true }))
  }

  /** Asks for the suggestions; an answer that a later question has overtaken is dropped. */
  const suggest = async (combobox, words, signal) => {
    const { box, input, list } = combobox
    const address = new URL(box.dataset.combobox, location.href)
    address.searchParams.set('q', words)
    const along = box.dataset.with
    if (along) address.searchParams.set(along, input.form.elements[along].value)
    const response = await fetch(address, { signal })
    // Redirected: signed out meanwhile. What is typed in the form must stay, so no suggestions.
    if (!response.ok || response.redirected) return close(combobox)
    const html = await response.text()
    if (signal.aborted || document.activeElement !== input) return
    list.innerHTML = html
    list.hidden = false
    input.setAttribute('aria-expanded', 'true')
    activate(combobox, null)
    const count = options(list).length
    box.querySelector('[role="status"]').textContent = count === 1 ? '1 match' : `${count} matches`
  }

  const ask = (combobox, words, delay) => {
    clearTimeout(pending.get(combobox.input)?.timer)
    pending.get(combobox.input)?.abort.abort()
    const abort = new AbortController()
    // Closing gives up what is pending, which may be a later question by now.
    const giveUp = () => abort.signal.aborted || close(combobox)
    const timer = setTimeout(() => {
      void suggest(combobox, words, abort.signal).catch(giveUp)
    }, delay)
    pending.set(combobox.input, { timer, abort })
  }

  const move = (combobox, step) => {
    const all = options(combobox.list)
    const at = all.indexOf(active(combobox))
    const next = at === -1 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length
    activate(combobox, all[next])
  }

  document.addEventListener('change', ({ target }) => {
    if (target.matches('select[data-usual]')) delete target.dataset.usual
  })

  // What is in the field is a choice already: typing replaces it, and all others are offered.
  document.addEventListener('focusin', ({ target }) => {
    const combobox = parts(target)
    if (!combobox) return
    combobox.input.select()
    ask(combobox, '', 0)
  })

  // The browser would put the caret where the press was, and so undo the selection.
  document.addEventListener('mousedown', (event) => {
    const combobox = parts(event.target)
    if (!combobox) return
    if (document.activeElement !== combobox.input) {
      event.preventDefault()
      combobox.input.focus()
    } else if (!isOpen(combobox)) ask(combobox, '', 0)
  })

  document.addEventListener('input', ({ target }) => {
    const combobox = parts(target)
    if (combobox) ask(combobox, combobox.input.value, DELAY_MS)
  })

  document.addEventListener('keydown', (event) => {
    const combobox = parts(event.target)
    if (!combobox || event.isComposing) return
    const { key } = event
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault()
      // Opened by key, the list begins with everything: what is in the field is a choice already.
      if (isOpen(combobox)) move(combobox, key === 'ArrowDown' ? 1 : -1)
      else ask(combobox, '', 0)
    } else if (key === 'Enter' && isOpen(combobox) && active(combobox)) {
      event.preventDefault()
      choose(combobox, active(combobox))
    } else if (key === 'Escape' && isOpen(combobox)) {
      event.preventDefault()
      close(combobox)
    }
  })

  // Before the click, so that the field keeps the focus.
  document.addEventListener('pointerdown', (event) => {
    const option = event.target.closest?.('[data-combobox] [data-value]')
    if (!option) return
    event.preventDefault()
    const box = option.closest('[data-combobox]')
    choose(parts(box.querySelector('[role="combobox"]')), option)
  })

  document.addEventListener('focusout', ({ target }) => {
    const combobox = parts(target)
    if (combobox) close(combobox)
  })
}
