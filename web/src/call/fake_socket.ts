/** A WebSocket for unit tests: its other end is the test. */
export class FakeSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static all: FakeSocket[] = []
  readyState = 0
  sent: ({ type: string } & Record<string, unknown>)[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null

  constructor() {
    FakeSocket.all.push(this)
  }

  /** The one that was opened last. */
  static get last(): FakeSocket {
    const last = FakeSocket.all.at(-1)
    if (!last) throw new Error('no socket was opened')
    return last
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string })
  }

  close(): void {
    this.readyState = 3
  }

  accept(): this {
    this.readyState = FakeSocket.OPEN
    this.onopen?.()
    return this
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  breaks(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }

  get types(): string[] {
    return this.sent.map(({ type }) => type)
  }
}
