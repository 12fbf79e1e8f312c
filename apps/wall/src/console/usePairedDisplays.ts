import { ref, shallowRef } from 'vue';
import { useWords } from '../composables/useWords.js';
import { ApiError, ask, askAll } from './api.js';
import { useConsole } from './session.js';
import { useFailure } from './useFailure.js';
import { usePoll } from './usePoll.js';

const EVERY_MS = 5_000;

/** A display that was let in by a code, as `/api/v1/displays/paired` answers it. */
export interface PairedItem {
  id: string;
  name: string;
  pairedAt: string;
  pairedBy: string;
  lastSeenAt: string;
  addresses: { address: string; firstAt: string; lastAt: string }[];
}

/** Paired displays, and what the desk does with them. `told` is what came of the last act, `failure` why it failed. */
export function usePairedDisplays() {
  const seat = useConsole();
  const { t } = useWords();
  const words = useFailure();
  const paired = shallowRef<PairedItem[] | null>(null);
  const told = ref('');
  const failure = ref('');
  const busy = ref(false);

  const poll = usePoll(async () => {
    try {
      paired.value = await seat.heard(askAll<PairedItem>('displays/paired'));
    } catch (error) {
      failure.value = words(error);
    }
  }, EVERY_MS);

  /** @returns whether it was done */
  async function act(work: () => Promise<string>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    told.value = '';
    failure.value = '';
    try {
      told.value = await work();
      await poll.now();
      return true;
    } catch (error) {
      const reason = error instanceof ApiError ? error.reason : '';
      if (reason === 'not-found' || reason === 'invalid-parameter') failure.value = t('console.pairing.wrong');
      else failure.value = reason === 'locked' ? t('console.pairing.locked') : words(error);
      return false;
    } finally {
      busy.value = false;
    }
  }

  return {
    paired,
    told,
    failure,
    busy,
    /** whether this seat may pair and revoke */
    may: () => seat.may.has('displays.pair'),
    pair: (code: string, name: string) =>
      act(async () => {
        await seat.heard(ask('displays/paired', { method: 'POST', body: { code, name } }));
        return t('console.pairing.done', { name });
      }),
    revoke: ({ id, name }: PairedItem) =>
      act(async () => {
        await seat.heard(ask(`displays/paired/${id}`, { method: 'DELETE' }));
        return t('console.pairing.revoked', { name });
      }),
  };
}
