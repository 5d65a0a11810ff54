// The service worker: an offline page, what is shared with the installed app, and push messages. It keeps no page and no
// script of the application, so it can never show an old one; hashed assets stay in the browser's own cache for good.
const OFFLINE = 'offline-VERSION' // the build puts a digest of the files below in here
const FILES = ['/offline.html', '/offline.css', '/offline.js', '/theme.js', '/favicon.svg']

self.addEventListener('install', (event) => {
  event.waitUntil(Promise.all([keep(), letPass(event)]))
})

/** Everything but pages goes past this worker, where the browser can do that: not even its start is waited for. */
async function letPass(event) {
  const ours = { or: FILES.map((file) => ({ urlPattern: { pathname: file } })) }
  try {
    await event.addRoutes?.([
      { condition: ours, source: 'fetch-event' },
      { condition: { not: { requestMode: 'navigate' } }, source: 'network' },
    ])
  } catch {
    // It knows fewer conditions: then it asks this worker each time.
  }
}

async function keep() {
  const cache = await caches.open(OFFLINE)
  await cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })))
  await self.skipWaiting()
}

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver())
})

async function takeOver() {
  for (const name of await caches.keys()) if (name !== OFFLINE) await caches.delete(name)
  await self.registration.navigationPreload?.enable()
  await self.clients.claim()
}

self.addEventListener('fetch', (event) => {
  const path = new URL(event.request.url).pathname
  if (event.request.mode === 'navigate') {
    if (event.request.method === 'POST' && path === '/share') event.respondWith(share(event.request))
    // Each of them, the API's too: the browser has asked for it already, and would ask again for what is left to it.
    else if (event.request.method === 'GET') event.respondWith(page(event))
  } else if (FILES.includes(path)) {
    event.respondWith(file(event.request))
  }
})

/** A page comes from the server; only when it cannot be reached, the page that says so. */
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request))
  } catch {
    return (await caches.match('/offline.html', { cacheName: OFFLINE })) ?? Response.error()
  }
}

/** What the offline page is made of. */
async function file(request) {
  try {
    return await fetch(request)
  } catch {
    return (await caches.match(request, { cacheName: OFFLINE, ignoreSearch: true })) ?? Response.error()
  }
}

/** Another app shared a link: it goes on behind a #, since the key of a host link may be in it, and no server sees it. */
async function share(request) {
  const form = await request.formData().catch(() => new FormData())
  const shared = ['url', 'text', 'title'].map((name) => String(form.get(name) ?? '')).filter((text) => text !== '')
  return Response.redirect(`/#join=${encodeURIComponent(shared.join(' ').slice(0, 2000))}`, 303)
}

self.addEventListener('push', (event) => {
  event.waitUntil(show(event.data?.json() ?? {}))
})

async function show({ title, body, path, tag }) {
  const windows = await self.clients.matchAll({ type: 'window' })
  // Whoever looks at the meeting sees it there.
  if (windows.some((one) => one.visibilityState === 'visible' && new URL(one.url).pathname === path)) return
  await self.registration.showNotification(title ?? 'VideoCall.cc', {
    body: body ?? '',
    tag: tag ?? '',
    renotify: Boolean(tag),
    icon: '/icon-192.png',
    badge: '/badge-96.png',
    data: { path: path ?? '/' },
  })
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data.path))
})

async function open(path) {
  const windows = await self.clients.matchAll({ type: 'window' })
  const there = windows.find((one) => new URL(one.url).pathname === path)
  await (there ? there.focus() : self.clients.openWindow(path))
}
