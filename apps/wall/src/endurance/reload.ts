import type { LoadReason } from '@citywall/protocol';
import { keepPicture } from './lastPicture.js';
import { leaveReason } from './screen.js';

const RELOADED_AT = 'citywall-reloaded-at';
const AT_MOST_EVERY_MS = 60_000;

/**
 * Loads the page anew and leaves it the reason and the last picture. Never in a loop: a server and a wall that don't fit
 * together must not make the screen flicker. @returns false where it was loaded a moment ago
 */
export function reloadPage(why: LoadReason, says = ''): boolean {
  const last = Number(sessionStorage.getItem(RELOADED_AT) ?? 0);
  if (Date.now() - last < AT_MOST_EVERY_MS) return false;
  sessionStorage.setItem(RELOADED_AT, String(Date.now()));
  leaveReason(sessionStorage, why);
  const root = document.querySelector<HTMLElement>('.display[data-ready="true"]');
  if (root) keepPicture(root, says || (root.querySelector('.link')?.textContent ?? ''));
  location.reload();
  return true;
}
