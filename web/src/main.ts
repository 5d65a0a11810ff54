import { mount } from 'svelte'
import App from './App.svelte'
import './fonts.css'
import { followLinks } from './router'
import './styles/index.css'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
document.documentElement.dataset['callState'] = 'idle'
followLinks()
mount(App, { target })
keepWorker()

/** Registers the service worker, once everything that the page shows is there and nothing else is going on. */
function keepWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  addEventListener('load', () => {
    // A browser that forbids it, as in a private window, goes on without.
    const register = () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined)
    if ('requestIdleCallback' in window) requestIdleCallback(register, { timeout: 10_000 })
    else setTimeout(register, 2000)
  })
}
