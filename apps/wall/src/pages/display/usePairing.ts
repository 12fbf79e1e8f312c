import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';

/** What the server says of this browser's code. */
export type Pairing =
  | { state: 'none' }
  | { state: 'waiting'; code: string; expiresAt: string }
  | { state: 'paired'; id: string; name: string };

/** `unreachable`: no answer; `refused`: an answer that is no code. */
export type PairingTrouble = 'unreachable' | 'refused';

const EVERY_MS = 3_000;
/** After a refusal: whoever asks too often is asked to wait. */
const PATIENCE_MS = 15_000;

class PairingError extends Error {
  constructor(readonly trouble: PairingTrouble) {
    super(trouble);
  }
}

/** @param what `current`: how it stands; `new`: a code to show. @throws PairingError */
export async function askPairing(what: 'current' | 'new', get: typeof fetch = fetch): Promise<Pairing> {
  const asked = what === 'new' ? get('/api/v1/pairings', { method: 'POST' }) : get('/api/v1/pairings/current');
  const response = await asked.catch(() => {
    throw new PairingError('unreachable');
  });
  if (!response.ok) throw new PairingError(response.status >= 500 ? 'unreachable' : 'refused');
  return (await response.json()) as Pairing;
}

/** One look: how it stands, and a code where there is none. */
export async function lookAtPairing(ask: (what: 'current' | 'new') => Promise<Pairing> = askPairing): Promise<Pairing> {
  const pairing = await ask('current');
  return pairing.state === 'none' ? ask('new') : pairing;
}

/** Shows a code, a new one whenever the last has expired, until it is entered at the desk. */
export function usePairing(onPaired: () => void): { code: Ref<string | null>; trouble: Ref<PairingTrouble | null> } {
  const code = ref<string | null>(null);
  const trouble = ref<PairingTrouble | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    try {
      const pairing = await lookAtPairing();
      if (stopped) return;
      trouble.value = null;
      if (pairing.state === 'paired') return onPaired();
      code.value = pairing.state === 'waiting' ? pairing.code : null;
    } catch (error) {
      trouble.value = error instanceof PairingError ? error.trouble : 'unreachable';
      // nobody must enter a code that may have expired meanwhile
      code.value = null;
    }
    if (!stopped) timer = setTimeout(() => void look(), trouble.value === 'refused' ? PATIENCE_MS : EVERY_MS);
  };
  onMounted(() => void look());
  onBeforeUnmount(() => {
    stopped = true;
    clearTimeout(timer);
  });
  return { code, trouble };
}
