import type { Pipe } from './pipe'

/** One end of a data channel without a network: what one end sends the other one gets, in order, a moment later. */
export class FakePipe {
  static pair(): [FakePipe, FakePipe] {
    const [one, other] = [new FakePipe(), new FakePipe()]
    one.other = other
    other.other = one
    return [one, other]
  }

  other: FakePipe | null = null
  readyState: RTCDataChannelState = 'open'
  bufferedAmount = 0
  bufferedAmountLowThreshold = 0
  binaryType: BinaryType = 'arraybuffer'
  onopen: Pipe['onopen'] = null
  onclose: Pipe['onclose'] = null
  onmessage: Pipe['onmessage'] = null
  onbufferedamountlow: Pipe['onbufferedamountlow'] = null
  /** Everything that was sent from here. */
  readonly sent: unknown[] = []
  /** Most bytes that were held back here at once. */
  most = 0

  send(data: unknown): void {
    this.sent.push(data)
    const bytes = data instanceof ArrayBuffer ? data.byteLength : 0
    this.bufferedAmount += bytes
    this.most = Math.max(this.most, this.bufferedAmount)
    setTimeout(() => {
      this.bufferedAmount -= bytes
      if (this.other?.readyState === 'closed') return
      this.other?.onmessage?.(new MessageEvent('message', { data }))
      if (this.bufferedAmount <= this.bufferedAmountLowThreshold) this.onbufferedamountlow?.(new Event('low'))
    })
  }

  /** What was sent before still arrives. */
  close(): void {
    if (this.readyState !== 'open') return
    this.readyState = 'closing'
    setTimeout(() => this.breaks())
  }

  /** The network is gone. */
  breaks(): void {
    for (const end of [this, this.other]) {
      if (!end || end.readyState === 'closed') continue
      end.readyState = 'closed'
      queueMicrotask(() => end.onclose?.(new Event('close')))
    }
  }
}
