import type { Attachment } from 'svelte/attachments'

/** Shows a stream in a video element, muted: voices are played by AudioOut, apart from any layout. */
export function picture(stream: MediaStream | null): Attachment<HTMLVideoElement> {
  return (video) => {
    // The attributes alone are not enough: Svelte sets properties, and autoplay is decided on the attribute's state.
    video.muted = true
    if (video.srcObject !== stream) video.srcObject = stream
    if (stream) start(video)
    return () => {
      video.srcObject = null
    }
  }
}

/** Plays a voice; where the browser wants a click first, `hold` gets what is to be called after one. */
export function voice(
  stream: MediaStream | null,
  hold: (play: () => Promise<void>) => void,
): Attachment<HTMLAudioElement> {
  return (audio) => {
    audio.srcObject = stream
    if (stream) {
      audio.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError') hold(() => audio.play())
      })
    }
    return () => {
      audio.srcObject = null
    }
  }
}

/** Sends the sound of an element to the chosen speaker, where the browser can do that. */
export function speaker(id: string | null): Attachment<HTMLMediaElement> {
  return (element) => {
    // Safari and older Firefox have no setSinkId, whatever the type says.
    if (!('setSinkId' in element)) return
    // A speaker that has been unplugged is no reason to fail: the sound stays where it was.
    element.setSinkId(id ?? '').catch(() => undefined)
  }
}

function start(video: HTMLVideoElement): void {
  // Refused when the element is taken away at once: nothing to say about that.
  video.play().catch(() => undefined)
}
