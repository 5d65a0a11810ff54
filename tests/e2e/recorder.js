// Runs in every page before its own code: keeps the peer connections, so that a test can read what flows through them.
;(() => {
  const connections = []
  const refusals = []
  const Native = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options)
      connections.push(this)
      this.addEventListener('icecandidateerror', ({ errorCode }) => refusals.push(errorCode))
    }
  }

  const violations = []
  document.addEventListener('securitypolicyviolation', (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`))

  const receivers = () => connections.filter((one) => one.signalingState !== 'closed').flatMap((one) => one.getReceivers())

  async function inbound(element, kind) {
    const tracks = element?.srcObject?.getTracks() ?? []
    for (const receiver of receivers().filter((one) => one.track.kind === kind && tracks.includes(one.track))) {
      for (const report of (await receiver.getStats()).values()) if (report.type === 'inbound-rtp') return report
    }
    return null
  }

  /** What arrives here from each other person whose picture the page shows and whose voice it plays. */
  async function flows() {
    const found = {}
    for (const video of document.querySelectorAll('video[data-participant]:not([data-local]):not([data-screen])')) {
      const id = video.dataset.participant
      const picture = await inbound(video, 'video')
      const voice = await inbound(document.querySelector(`audio[data-voice="${CSS.escape(id)}"]`), 'audio')
      found[id] = {
        frames: picture?.framesDecoded ?? 0,
        height: picture?.frameHeight ?? 0,
        energy: voice?.totalAudioEnergy ?? 0,
      }
    }
    return found
  }

  /** Frames of each shared screen that the page shows. */
  async function screens() {
    const found = {}
    for (const video of document.querySelectorAll('video[data-screen]:not([data-local])')) {
      found[video.dataset.participant] = (await inbound(video, 'video'))?.framesDecoded ?? 0
    }
    return found
  }

  /** Watches for the longest time in which no new picture of somebody was decoded, in milliseconds. */
  function watchStalls() {
    const seen = {}
    const timer = setInterval(async () => {
      for (const [id, { frames }] of Object.entries(await flows())) {
        const now = performance.now()
        const before = (seen[id] ??= { frames, at: now, stall: 0 })
        before.stall = Math.max(before.stall, now - before.at)
        if (frames > before.frames) Object.assign(before, { frames, at: now })
      }
    }, 200)
    return () => {
      clearInterval(timer)
      return Object.fromEntries(Object.entries(seen).map(([id, { stall }]) => [id, stall]))
    }
  }

  /** What this page sends, one entry for each video sender that has a track. */
  function sending() {
    return connections
      .filter((one) => one.connectionState === 'connected')
      .flatMap((one) => one.getSenders())
      .filter((sender) => sender.track?.kind === 'video')
      .map((sender) => ({ ...sender.getParameters().encodings[0], height: sender.track.getSettings().height, device: sender.track.getSettings().deviceId }))
  }

  /** All statistics of one type about pictures: the camera's media section is the second of ours, the screen's the third. */
  async function pictures(type) {
    const found = []
    for (const one of connections.filter((one) => one.connectionState === 'connected')) {
      const report = await one.getStats()
      for (const stat of report.values()) {
        if (stat.type !== type || stat.kind !== 'video') continue
        const codec = report.get(stat.codecId)?.mimeType.split('/')[1]
        found.push({ ...stat, codec, slot: stat.mid === '1' ? 'camera' : 'screen' })
      }
    }
    return found
  }

  /** Bytes of pictures that were sent (`outbound-rtp`) or received (`inbound-rtp`) so far. */
  async function pictureBytes(type) {
    return (await pictures(type)).reduce((sum, { bytesSent, bytesReceived }) => sum + (bytesSent ?? bytesReceived), 0)
  }

  /** The codec that cameras and screens go in now. */
  async function codecs(type) {
    const moving = (await pictures(type)).filter(({ framesEncoded, framesDecoded }) => framesEncoded || framesDecoded)
    return Object.fromEntries(moving.map(({ slot, codec }) => [slot, codec]))
  }

  /** The kinds of the candidates on both ends of each connection that is up, for example ["relay", "relay"]. */
  async function routes() {
    const found = []
    for (const connection of connections.filter((one) => one.connectionState === 'connected')) {
      const report = await connection.getStats()
      for (const transport of report.values()) {
        if (transport.type !== 'transport' || !transport.selectedCandidatePairId) continue
        const pair = report.get(transport.selectedCandidatePairId)
        found.push([report.get(pair.localCandidateId).candidateType, report.get(pair.remoteCandidateId).candidateType])
      }
    }
    return found
  }

  const scrolls = (element) => {
    if (!element) return document.documentElement.scrollHeight > innerHeight + 1
    const scrollable = ['auto', 'scroll'].includes(getComputedStyle(element).overflowY)
    return (scrollable && element.scrollHeight > element.clientHeight + 1) || scrolls(element.parentElement)
  }

  /**
   * Controls that stick out of the window and that no scrolling up or down brings in. `safe` are the insets of what
   * the screen itself covers (a notch, rounded corners): nothing may lie there either.
   */
  function outside(safe = { top: 0, right: 0, bottom: 0, left: 0 }) {
    return [...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
      .filter((control) => control.checkVisibility({ visibilityProperty: true }))
      .map((control) => ({ control, box: control.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1)
      .filter(({ control, box }) => {
        const across = box.left < safe.left - 1 || box.right > innerWidth - safe.right + 1
        const above = box.top + scrollY < safe.top - 1
        const down = above || box.bottom > innerHeight - safe.bottom + 1
        return across || (down && !scrolls(control.parentElement)) || (above && box.top >= 0)
      })
      .map(({ control, box }) => `${control.ariaLabel ?? control.textContent.trim()} ${JSON.stringify(box)}`)
  }

  window.recorder = { connections, refusals, violations, flows, screens, watchStalls, sending, pictures, pictureBytes, codecs, routes, outside }
})()
