import type { Place, Words } from '@citywall/model';
import { onUnmounted, type Ref, ref, shallowRef, watch } from 'vue';
import { ask } from '../../console/api.js';

/** What stands behind a masked alarm, as `POST /api/v1/alarms/{id}/disclose` answers. */
export interface Disclosed {
  name: string | null;
  text: Words;
  guidance: Words | null;
  place: Place | null;
  fields: { name: Words; value: unknown }[];
}

/** So long a name stays on a screen that others see too, ms. */
export const DISCLOSED_MS = 5 * 60_000;

/** The name behind a masked alarm, asked for with a reason; forgotten when another alarm is looked at, or after a while. */
export function useDisclosure(id: Ref<string>, get: typeof ask = ask) {
  const disclosed = shallowRef<Disclosed | null>(null);
  /** when it is masked again, Unix ms of this computer */
  const closesAt = ref(0);
  const failure = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;

  function forget(): void {
    clearTimeout(timer);
    disclosed.value = null;
    failure.value = '';
  }

  async function disclose(reason: string): Promise<void> {
    const asked = id.value;
    failure.value = '';
    try {
      const answer = await get<Disclosed>(`alarms/${encodeURIComponent(asked)}/disclose`, {
        method: 'POST',
        body: { reason },
      });
      // it came too late: nobody looks at that alarm any more
      if (id.value !== asked) return;
      disclosed.value = answer;
      clearTimeout(timer);
      closesAt.value = Date.now() + DISCLOSED_MS;
      timer = setTimeout(forget, DISCLOSED_MS);
    } catch (error) {
      if (id.value === asked) failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  watch(id, forget);
  onUnmounted(forget);
  return { disclosed, closesAt, failure, disclose };
}
