// Runs before the first paint, so that a dark page is never white for a moment. The choice is kept
// in the browser; without one, the system's preference decides.
;(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const chosen = localStorage.getItem('theme')
    const isDark = chosen ? chosen === 'dark' : dark.matches
    document.documentElement.classList.toggle('dark', isDark)
  }
  apply()
  dark.addEventListener('change', apply)
  addEventListener('storage', apply)
  document.addEventListener('theme:toggle', () => {
    const isDark = document.documentElement.classList.contains('dark')
    localStorage.setItem('theme', isDark ? 'light' : 'dark')
    apply()
  })
})()
