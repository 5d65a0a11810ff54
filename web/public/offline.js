// Asks again until the server answers, and then loads the page that was wanted: its address is still in the bar.
;(function () {
  const state = document.getElementById('state')
  const EVERY_SECONDS = 3

  async function look() {
    try {
      if ((await fetch('/readyz', { cache: 'no-store' })).ok) {
        location.reload()
        return true
      }
    } catch {
      // Not yet.
    }
    return false
  }

  document.querySelector('button').addEventListener('click', async () => {
    state.textContent = ''
    if (!(await look())) state.textContent = state.dataset.still
  })
  addEventListener('online', () => void look())
  setInterval(() => {
    if (document.visibilityState === 'visible') void look()
  }, EVERY_SECONDS * 1000)
})()
