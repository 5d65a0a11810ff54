/** Fingerprints of the certificates that two browsers show each other (RFC 8122), as bare hexadecimal digits. */
import { toHex } from './bytes'

const LINE = /^a=fingerprint:sha-256 ([\dA-F:]{95})\s*$/gim

/** Those that a description names, each once. */
export function printsIn(sdp: string | undefined): string[] {
  return [...new Set([...(sdp ?? '').matchAll(LINE)].map(([, found = '']) => found.replaceAll(':', '').toLowerCase()))]
}

/** The one that this browser shows. */
export function ownPrint(pc: RTCPeerConnection): string | null {
  return printsIn(pc.localDescription?.sdp)[0] ?? null
}

/**
 * The one that the other end has shown. Where a browser does not tell, the description stands for it: a browser hangs up
 * on anybody who shows another certificate than the description names.
 */
export async function livePrint(pc: RTCPeerConnection): Promise<string | null> {
  const transport = pc.sctp?.transport as Partial<RTCDtlsTransport> | undefined
  const certificate = transport?.getRemoteCertificates?.()[0]
  if (certificate) return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', certificate)))
  const named = printsIn(pc.remoteDescription?.sdp)
  return named.length === 1 ? (named[0] ?? null) : null
}
