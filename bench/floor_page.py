"""The floor for `join`: the least that brings two browsers together. Socket and camera are ready before Join."""

from typing import Any

PAGE = b"""<!doctype html><title>floor</title><button id=join>Join</button><div id=videos></div><script>
const socket = new WebSocket(`ws://${location.host}/ws`)
const media = navigator.mediaDevices.getUserMedia({audio: true, video: {width: 1280, height: 720}})
media.then(() => { document.documentElement.dataset.ready = 'yes' })
let link
async function open() {
  link = new RTCPeerConnection()
  link.onicecandidate = (event) => event.candidate && say({candidate: event.candidate})
  link.ontrack = (event) => {
    if (event.track.kind !== 'video') return
    const video = document.createElement('video')
    Object.assign(video, {autoplay: true, muted: true, playsInline: true, srcObject: event.streams[0]})
    video.dataset.participant = 'other'
    videos.append(video)
  }
  const stream = await media
  for (const track of stream.getTracks()) link.addTrack(track, stream)
}
const say = (message) => socket.send(JSON.stringify(message))
socket.onmessage = async (event) => {
  const message = JSON.parse(event.data)
  if (message.join) { await open(); await link.setLocalDescription(); say({description: link.localDescription}) }
  if (message.description) {
    if (!link) await open()
    await link.setRemoteDescription(message.description)
    if (message.description.type === 'offer') {
      await link.setLocalDescription(); say({description: link.localDescription})
    }
  }
  if (message.candidate) await link.addIceCandidate(message.candidate)
}
join.onclick = () => say({join: true})
</script>"""

_sockets: set[Any] = set()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """A page, and a socket whose messages go to everybody else."""
    if scope["type"] == "lifespan":
        return
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": PAGE})
        return
    await receive()
    await send({"type": "websocket.accept"})
    _sockets.add(send)
    while (message := await receive())["type"] == "websocket.receive":
        for other in _sockets - {send}:
            await other({"type": "websocket.send", "text": message["text"]})
    _sockets.discard(send)
