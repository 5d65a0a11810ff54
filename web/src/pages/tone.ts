/** Seconds. */
const LENGTH = 0.9

/** Plays two soft notes on a speaker, so that somebody hears that it works; null is the one that the system chose. */
export async function playTone(speaker: string | null): Promise<void> {
  const context = new AudioContext()
  // Only Chromium lets a page choose here; elsewhere the system's choice is what a call uses, too.
  if (speaker !== null && 'setSinkId' in context) {
    await (context as AudioContext & { setSinkId(id: string): Promise<void> }).setSinkId(speaker).catch(() => undefined)
  }
  const gain = new GainNode(context, { gain: 0 })
  gain.connect(context.destination)
  const start = context.currentTime
  gain.gain.linearRampToValueAtTime(0.2, start + 0.05)
  gain.gain.linearRampToValueAtTime(0, start + LENGTH)
  const tone = new OscillatorNode(context, { frequency: 523 })
  tone.frequency.setValueAtTime(659, start + LENGTH / 2)
  tone.connect(gain)
  tone.start(start)
  tone.stop(start + LENGTH)
  tone.onended = () => void context.close()
}
