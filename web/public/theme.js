// Runs before the first paint: a stored choice wins over the system's, and nothing flashes in the wrong colours.
;(function () {
  let theme = null
  try {
    theme = localStorage.getItem('vcc-theme')
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  }
  document.documentElement.dataset.theme = theme
  document.querySelector('meta[name="color-scheme"]')?.setAttribute('content', theme)
})()
