import { onMounted, onUnmounted } from 'vue';

/** What a key does; answers false where it does nothing now. */
export type KeyAction = () => unknown;

export interface KeyEvent {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
  target: unknown;
}

/** Keys that are never typed into a field, and work there too. */
const OUTSIDE_TEXT = new Set(['Escape', 'Ctrl+Enter', 'Ctrl+s']);

function isTyping(target: unknown): boolean {
  const element = target as { tagName?: string; isContentEditable?: boolean; type?: string } | null;
  if (!element?.tagName) return false;
  if (element.isContentEditable) return true;
  if (element.tagName === 'INPUT') return !['checkbox', 'radio', 'button'].includes(element.type ?? 'text');
  return element.tagName === 'TEXTAREA' || element.tagName === 'SELECT';
}

/** Name of a pressed key in the tables of keys: `r`, `ArrowUp`, `Ctrl+Enter`; null for one that is not ours. */
export function keyName(event: KeyEvent): string | null {
  if (event.isComposing || event.altKey) return null;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // a capital is a key of its own only where a table names it; Caps Lock alone makes none
  const shifted = event.shiftKey && /^[a-z]$/.test(name) ? `Shift+${name}` : name;
  const whole = event.ctrlKey || event.metaKey ? `Ctrl+${name}` : shifted;
  // in a question before the page every key is the question's
  const asked = (event.target as { closest?: (selector: string) => unknown } | null)?.closest?.('dialog');
  if (asked) return null;
  if (isTyping(event.target) && !OUTSIDE_TEXT.has(whole)) return null;
  // A button that has the focus takes Enter and the blank itself.
  const tag = (event.target as { tagName?: string } | null)?.tagName;
  if ((tag === 'BUTTON' || tag === 'A') && (whole === 'Enter' || whole === ' ')) return null;
  return whole;
}

/** Listens while the component is mounted; single letters are off while somebody types. */
export function useKeys(actions: Record<string, KeyAction>): void {
  const onKey = (event: KeyboardEvent) => {
    const name = keyName(event);
    const action = name === null ? undefined : (actions[name] ?? actions[name.replace('Shift+', '')]);
    if (!action || action() === false) return;
    event.preventDefault();
  };
  onMounted(() => window.addEventListener('keydown', onKey));
  onUnmounted(() => window.removeEventListener('keydown', onKey));
}

/** A button that was pressed by mouse gives the keys back to the page; one that was reached by keyboard keeps them. */
export function useReleasedButtons(): void {
  const release = (event: MouseEvent) => {
    const active = document.activeElement;
    if (event.detail > 0 && active instanceof HTMLButtonElement) active.blur();
  };
  onMounted(() => window.addEventListener('click', release));
  onUnmounted(() => window.removeEventListener('click', release));
}
