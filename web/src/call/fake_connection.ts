/** An RTCPeerConnection for unit tests: the states of offer and answer as JSEP has them, and no media. */

let origins = 0

class FakeTransceiver {
  mid: string | null = null
  direction = 'recvonly'
  readonly sender = {
    track: null,
    replaceTrack: () => Promise.resolve(),
    getParameters: () => ({ codecs: [], encodings: [] }),
  }
  readonly receiver: { track: { kind: string } }

  constructor(kind: string) {
    this.receiver = { track: { kind } }
  }
}

export class FakeConnection {
  static all: FakeConnection[] = []
  static generateCertificate = () => Promise.resolve({})
  readonly origin = String(++origins)
  /** Counts ICE generations; a restart makes a new one. */
  generation = 1
  signalingState: RTCSignalingState = 'stable'
  connectionState: RTCPeerConnectionState = 'new'
  iceConnectionState: RTCIceConnectionState = 'new'
  localDescription: RTCSessionDescriptionInit | null = null
  remoteDescription: RTCSessionDescriptionInit | null = null
  candidates: unknown[] = []
  onicecandidate: ((event: { candidate: object | null }) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  oniceconnectionstatechange: (() => void) | null = null
  onnegotiationneeded: (() => void) | null = null
  readonly #transceivers: FakeTransceiver[] = []
  #restart = false

  constructor() {
    FakeConnection.all.push(this)
  }

  setConfiguration(): void {
    // Only the next gathering would be another one.
  }

  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(new Map<string, object>())
  }

  createDataChannel(): object {
    return { onopen: null, onmessage: null }
  }

  addTransceiver(kind: string): FakeTransceiver {
    const transceiver = new FakeTransceiver(kind)
    this.#transceivers.push(transceiver)
    return transceiver
  }

  getTransceivers(): FakeTransceiver[] {
    return this.#transceivers
  }

  async setLocalDescription(): Promise<void> {
    await Promise.resolve()
    this.#mustBeOpen()
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer'
    if (type === 'offer' && this.#restart) this.generation++
    this.#restart = false
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable'
    this.localDescription = {
      type,
      sdp: `v=0\r\no=- ${this.origin} 2 IN IP4 127.0.0.1\r\na=generation:${this.generation}`,
    }
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await Promise.resolve()
    this.#mustBeOpen()
    if (description.type === 'answer' && this.signalingState !== 'have-local-offer') {
      throw new DOMException('no offer', 'InvalidStateError')
    }
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable'
    this.remoteDescription = description
    if (this.#transceivers.length === 0)
      for (const kind of ['audio', 'video', 'video', 'audio']) this.addTransceiver(kind)
    // What a restart asked for while an offer was out is due now.
    if (this.signalingState === 'stable' && this.#restart) queueMicrotask(() => this.onnegotiationneeded?.())
  }

  addIceCandidate(candidate: unknown): Promise<void> {
    this.candidates.push(candidate)
    return Promise.resolve()
  }

  restartIce(): void {
    this.#restart = true
    if (this.signalingState === 'stable') queueMicrotask(() => this.onnegotiationneeded?.())
  }

  close(): void {
    this.signalingState = 'closed'
    this.connectionState = 'closed'
  }

  searches(): void {
    this.iceConnectionState = 'checking'
    this.oniceconnectionstatechange?.()
  }

  /** What the network does. */
  becomes(state: RTCPeerConnectionState): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }

  finds(name: string): void {
    this.onicecandidate?.({ candidate: { candidate: name, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: null } })
  }

  #mustBeOpen(): void {
    if (this.signalingState === 'closed') throw new DOMException('closed', 'InvalidStateError')
  }
}
