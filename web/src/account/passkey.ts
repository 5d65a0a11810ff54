/** Passkeys: what the server wants of the browser, in the browser's own form, and its answer in the server's. */
import { beginPasskey, beginPasskeySignIn, keepPasskey, signInByPasskey } from '../api/account'
import { Problem } from '../api/client'
import type { PasskeyView, SignedIn } from '../api/types'

interface Options extends Record<string, unknown> {
  challenge: string
}

/** Whether this browser, on this page, has passkeys at all. */
export function canUsePasskeys(): boolean {
  return 'PublicKeyCredential' in window && window.isSecureContext
}

/**
 * Makes one for the account that is signed in; null when the person thought better of it.
 * @throws {Problem}
 */
export async function makePasskey(name: string, password: string): Promise<PasskeyView | null> {
  const { challenge, options } = await beginPasskey(password)
  const wish = options as unknown as Options & { user: { id: string }; excludeCredentials?: { id: string }[] }
  const publicKey = {
    ...wish,
    challenge: bytes(wish.challenge),
    user: { ...wish.user, id: bytes(wish.user.id) },
    excludeCredentials: (wish.excludeCredentials ?? []).map((one) => ({ ...one, id: bytes(one.id) })),
  } as unknown as PublicKeyCredentialCreationOptions
  const made = await ask(() => navigator.credentials.create({ publicKey }))
  if (!made) return null
  const response = made.response as AuthenticatorAttestationResponse
  const credential = {
    ...common(made),
    response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) },
  }
  return keepPasskey({ challenge, name, credential })
}

/**
 * Signs in by one that the browser offers; null when the person thought better of it.
 * @throws {Problem}
 */
export async function usePasskey(): Promise<SignedIn | null> {
  const { challenge, options } = await beginPasskeySignIn()
  const wish = options as unknown as Options
  const publicKey = {
    ...wish,
    challenge: bytes(wish.challenge),
    allowCredentials: [],
  } as unknown as PublicKeyCredentialRequestOptions
  const used = await ask(() => navigator.credentials.get({ publicKey }))
  if (!used) return null
  const response = used.response as AuthenticatorAssertionResponse
  const credential = {
    ...common(used),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle && text(response.userHandle),
    },
  }
  return signInByPasskey({ challenge, credential })
}

async function ask(question: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await question()) as PublicKeyCredential | null
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
    // Cancelled, or nothing was chosen in time: browsers do not say which.
    if (error.name === 'NotAllowedError' || error.name === 'AbortError') return null
    throw new Problem('passkey-refused', error.message)
  }
}

function common(credential: PublicKeyCredential): Record<string, unknown> {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
  }
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const plain = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (char) => char.charCodeAt(0))
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
