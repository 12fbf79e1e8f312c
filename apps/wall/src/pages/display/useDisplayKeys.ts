import { useI18n } from 'vue-i18n';
import { useRoute, useRouter } from 'vue-router';
import { useKeys } from '../../console/keys.js';
import { languageOf } from '../../locales/index.js';

/** Keys of a display, for its help and for who stands before it with a keyboard. */
export const DISPLAY_KEYS: { keys: string[]; says: string }[] = [
  { keys: ['1', '–', '9'], says: 'scene' },
  { keys: ['[', ']'], says: 'next' },
  { keys: ['P'], says: 'provenance' },
  { keys: ['←', '↑', '→', '↓'], says: 'move' },
  { keys: ['T'], says: 'theme' },
  { keys: ['L'], says: 'language' },
  { keys: ['D'], says: 'calm' },
  { keys: ['R'], says: 'refresh' },
  { keys: ['H'], says: 'help' },
  { keys: ['Esc'], says: 'back' },
];

export interface DisplayActions {
  help(): void;
  calm(): void;
  refresh(): void;
  /** false: nothing was open */
  back(): boolean;
}

/** Scenes, in the order in which the number keys name them. */
async function sceneIds(): Promise<string[]> {
  try {
    const answer = await fetch('/api/v1/scenes?limit=100', { headers: { accept: 'application/json' } });
    if (!answer.ok) return [];
    return ((await answer.json()) as { items: { id: string }[] }).items.map(({ id }) => id);
  } catch {
    return [];
  }
}

/** Everything a display can be told by keyboard; it needs no mouse. */
export function useDisplayKeys(actions: DisplayActions): void {
  const route = useRoute();
  const router = useRouter();
  const { locale } = useI18n();
  const set = (query: Record<string, string>) => router.replace({ query: { ...route.query, ...query } });

  async function show(choose: (ids: string[], at: number) => string | undefined): Promise<void> {
    const ids = await sceneIds();
    const at = ids.indexOf(typeof route.query.scene === 'string' ? route.query.scene : 'overview');
    const id = choose(ids, at);
    if (id !== undefined && ids[at] !== id) await set({ scene: id });
  }
  const by = (step: number) => show((ids, at) => ids[(at + step + ids.length) % ids.length]);

  useKeys({
    ...Object.fromEntries(
      Array.from({ length: 9 }, (_, place) => [String(place + 1), () => void show((ids) => ids[place])]),
    ),
    ']': () => void by(1),
    PageDown: () => void by(1),
    '[': () => void by(-1),
    PageUp: () => void by(-1),
    t: () => void set({ theme: route.query.theme === 'show' ? 'watch' : 'show' }),
    l: () => void set({ lang: languageOf(locale.value) === 'en' ? 'zh-CN' : 'en' }),
    d: actions.calm,
    r: actions.refresh,
    h: actions.help,
    Escape: actions.back,
  });
}
