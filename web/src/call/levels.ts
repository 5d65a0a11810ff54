/** Who speaks: decisions from audio levels (0 to 1, linear), a few times a second. Pure, but for `LevelMeter`. */

/** Milliseconds between two looks. */
export const LEVEL_INTERVAL = 200

/** About -36 and -42 dBov: a voice is above the first, a quiet room below the second. */
const LOUD = 0.016
const QUIET = 0.008
/** Looks that a voice must be there before somebody counts as speaking, and gone before they no longer do. */
const LOOKS_TO_START = 2
const LOOKS_TO_STOP = 5
/** Looks for which nobody else comes to the front, so that a cough or a "yes" moves nothing. */
const LEAST_STAY = 8

/** Turns levels into "speaks" without flicker. */
export class Voice {
  #speaking = false
  #looks = 0
  #loudness = 0

  get speaking(): boolean {
    return this.#speaking
  }

  /** Level smoothed over about a second, to compare people with. */
  get loudness(): number {
    return this.#loudness
  }

  hear(level: number): boolean {
    this.#loudness += (level - this.#loudness) * 0.3
    const against = this.#speaking ? level < QUIET : level > LOUD
    this.#looks = against ? this.#looks + 1 : 0
    if (this.#looks >= (this.#speaking ? LOOKS_TO_STOP : LOOKS_TO_START)) {
      this.#speaking = !this.#speaking
      this.#looks = 0
    }
    return this.#speaking
  }
}

/** Keeps somebody in front until somebody else has clearly taken the word. */
export class ActiveSpeaker {
  #active: string | null = null
  #stayed = LEAST_STAY

  /** Who is in front after a look; the last one stays when all are silent. */
  look(voices: readonly (readonly [id: string, voice: Voice])[]): string | null {
    this.#stayed++
    const current = voices.find(([id]) => id === this.#active)?.[1]
    if (!current) this.#active = null
    let loudest: readonly [string, Voice] | null = null
    for (const entry of voices) {
      if (entry[1].speaking && entry[1].loudness > (loudest?.[1].loudness ?? 0)) loudest = entry
    }
    const free = !current?.speaking || (loudest !== null && loudest[1].loudness > current.loudness * 1.5)
    if (loudest && loudest[0] !== this.#active && free && (current === undefined || this.#stayed >= LEAST_STAY)) {
      this.#active = loudest[0]
      this.#stayed = 0
    }
    return this.#active
  }
}

/** Level of the own microphone. The audio graph costs a little all the time, so it stands still with the microphone. */
export class LevelMeter {
  #context: AudioContext | null = null
  #source: MediaStreamAudioSourceNode | null = null
  #analyser: AnalyserNode | null = null
  #samples = new Float32Array(0)

  /** Listens to a track; null listens to nothing. */
  connect(track: MediaStreamTrack | null): void {
    this.#source?.disconnect()
    this.#source = null
    if (!track) {
      void this.#context?.suspend()
      return
    }
    this.#context ??= new AudioContext({ latencyHint: 'playback' })
    if (!this.#analyser) {
      this.#analyser = this.#context.createAnalyser()
      this.#analyser.fftSize = 1024
      this.#samples = new Float32Array(this.#analyser.fftSize)
    }
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]))
    this.#source.connect(this.#analyser)
    void this.#context.resume()
  }

  /** Level now, 0 to 1; 0 until the browser lets the page listen, which may take a first click. */
  read(): number {
    if (!this.#analyser || !this.#source || !this.#context) return 0
    if (this.#context.state === 'suspended') {
      if (navigator.userActivation.hasBeenActive) void this.#context.resume()
      return 0
    }
    this.#analyser.getFloatTimeDomainData(this.#samples)
    let squares = 0
    for (const sample of this.#samples) squares += sample * sample
    // A loud voice is about a third of full scale.
    return Math.min(1, Math.sqrt(squares / this.#samples.length) * 3)
  }

  close(): void {
    this.connect(null)
    void this.#context?.close()
    this.#context = this.#analyser = null
  }
}
