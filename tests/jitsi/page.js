// The page of a stand-in Jitsi server. It speaks Jitsi's embedding protocol through Jitsi's own transport, keeps a room
// with everybody else over a WebSocket of its server, and breaks in the ways that a test asks for (see server.py).
import { PostMessageTransportBackend, Transport } from '../../web/node_modules/@jitsi/js-utils/dist/transport/index.js'

const { fault, seconds } = JSON.parse(document.documentElement.dataset.standIn)
const told = readFragment()
const scope = `jitsi_meet_external_api_${told['jitsi_meet_external_api_id']}`
const config = (name, otherwise) => told[`config.${name}`] ?? otherwise
const me = { id: Math.random().toString(16).slice(2, 10), name: told['userInfo.displayName'] ?? 'Fellow Jitster' }
const sends = { microphone: !config('startWithAudioMuted', false), camera: !config('startWithVideoMuted', false), hand: false }
let transport = null
let socket = null
let joined = false
let dead = false
let people = []
let stream = new MediaStream()
let screen = null

function readFragment() {
  const pairs = location.hash.slice(1).split('&').filter(Boolean)
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), JSON.parse(decodeURIComponent(pair.slice(at + 1)))]
    }),
  )
}

/** Old servers wrote names as one word, new ones send more than anybody asked for. */
function say(name, data = {}) {
  if (!transport || fault === 'login_silent') return
  const written = fault === 'old_names' ? name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase()) : name
  if (fault === 'new_names') transport.sendEvent({ name: `${name}-v2`, ...data })
  transport.sendEvent({ name: written, ...data })
}

function fatal(type, name) {
  say('error-occurred', { error: { type, name, message: name, isFatal: true } })
  // As the real one: it loads itself again after a while, into the same address.
  setTimeout(() => {
    say('video-conference-left', { roomName: room() })
    location.reload()
  }, seconds.reload * 1000)
}

const room = () => decodeURIComponent(location.pathname.slice(1))

async function openDevices() {
  const wish = { audio: sends.microphone, video: sends.camera }
  for (const track of stream.getTracks()) track.stop()
  stream = new MediaStream()
  if (wish.audio || wish.video) {
    try {
      stream = await navigator.mediaDevices.getUserMedia(wish)
    } catch (error) {
      say(wish.video ? 'camera-error' : 'mic-error', { type: 'gum', message: String(error) })
    }
  }
  draw()
}

function tell() {
  socket?.readyState === 1 && socket.send(JSON.stringify({ type: 'sends', ...sends }))
  draw()
}

const commands = {
  'toggle-audio': async () => {
    sends.microphone = !sends.microphone
    await openDevices()
    say('audio-mute-status-changed', { muted: !sends.microphone })
    tell()
  },
  'toggle-video': async () => {
    sends.camera = !sends.camera
    await openDevices()
    say('video-mute-status-changed', { muted: !sends.camera })
    tell()
  },
  'toggle-raise-hand': () => {
    sends.hand = !sends.hand
    say('raise-hand-updated', { id: me.id, handRaised: sends.hand ? Date.now() : 0 })
    tell()
  },
  'toggle-share-screen': async () => {
    if (screen) {
      for (const track of screen.getTracks()) track.stop()
      screen = null
    } else {
      screen = await navigator.mediaDevices.getDisplayMedia({ video: true }).catch(() => null)
    }
    say('screen-sharing-status-changed', { on: screen !== null, details: {} })
  },
  'set-tile-view': (tiles) => (document.documentElement.dataset.tiles = String(tiles)),
  password: (password) => socket?.send(JSON.stringify({ type: 'password', password })),
  'send-chat-message': (message) => socket?.send(JSON.stringify({ type: 'chat', message })),
  'video-hangup': () => {
    socket?.close()
    say('video-conference-left', { roomName: room() })
    say('ready-to-close')
  },
}

const answers = { 'is-audio-muted': () => !sends.microphone, 'is-video-muted': () => !sends.camera }

const heard = {
  joined({ moderator }) {
    joined = true
    say('video-conference-joined', { roomName: room(), id: me.id, displayName: me.name, avatarURL: '', breakoutRoom: false })
    if (moderator) say('participant-role-changed', { id: me.id, role: 'moderator' })
    if (fault === 'bridge_later') setTimeout(() => fatal('CONFERENCE', 'conference.videobridgeNotAvailable'), 1000)
  },
  people(message) {
    const before = people
    people = message.people
    for (const one of people) if (joined && one.id !== me.id && !before.some(({ id }) => id === one.id)) say('participant-joined', { id: one.id, displayName: one.name })
    for (const one of before) if (joined && !people.some(({ id }) => id === one.id)) say('participant-left', { id: one.id })
    if (fault === 'bridge' && joined && people.length > 1) fatal('CONFERENCE', 'conference.videobridgeNotAvailable')
    draw()
  },
  password_required: () => say('password-required'),
  chat: ({ from, nick, message }) => from !== me.id && say('incoming-message', { from, nick, message, privateMessage: false }),
}

function connect() {
  socket = new WebSocket(`wss://${location.host}/xmpp-websocket?room=${encodeURIComponent(room())}`)
  socket.onopen = () => socket.send(JSON.stringify({ type: 'join', ...me, ...sends }))
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data)
    if (!dead) heard[message.type]?.(message)
  }
  socket.onclose = () => {
    people = []
    draw()
    // The page of a real server finds out when its pings stay without an answer: 12 to 36 seconds later.
    if (!dead && fault !== 'silent') setTimeout(() => fatal('CONNECTION', 'connection.droppedError'), seconds.notice * 1000)
    dead = true
  }
}

function draw() {
  document.body.replaceChildren(
    ...people.map((one) => {
      const tile = document.createElement('figure')
      tile.dataset.person = one.name
      tile.textContent = `${one.name}${one.microphone ? '' : ', muted'}${one.camera ? '' : ', no camera'}${one.hand ? ', hand' : ''}`
      if (one.id === me.id && stream.getVideoTracks().length > 0) {
        const video = document.createElement('video')
        Object.assign(video, { muted: true, autoplay: true, playsInline: true, srcObject: stream })
        tile.prepend(video)
      }
      return tile
    }),
  )
}

function begin() {
  transport = new Transport({ backend: new PostMessageTransportBackend({ postisOptions: { scope } }) })
  transport.on('event', ({ name, data }) => {
    if (!Object.hasOwn(commands, name)) return false
    void commands[name](...(data ?? []))
    return true
  })
  transport.on('request', ({ name }, answer) => {
    answer(Object.hasOwn(answers, name) ? answers[name]() : undefined)
    return true
  })
  if (fault !== 'old_names') say('ready')
  if (fault === 'never_joined' || fault === 'login_silent') return
  if (fault === 'login') {
    const ask = () => say('error-occurred', { error: { type: 'CONFERENCE', name: 'conference.authenticationRequired', isFatal: false } })
    ask()
    setInterval(ask, 5000)
    return
  }
  void openDevices().then(connect)
}

begin()
