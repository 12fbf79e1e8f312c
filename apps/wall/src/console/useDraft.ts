import { type Ref, ref, watch } from 'vue';
import { drafts } from './drafts.js';
import { useConsole } from './session.js';

/**
 * A text that is being written, kept until it is sent or given up on purpose.
 * @returns the text, and what forgets it
 */
export function useDraft(kind: string, about = ''): { text: Ref<string>; done: () => void } {
  const key = { user: useConsole().user ?? '', kind, about };
  const text = ref(drafts.get(key));
  // at once: the page may be gone before Vue gets round to it
  watch(text, (now) => drafts.put(key, now), { flush: 'sync' });
  return { text, done: () => drafts.put(key, '') };
}
