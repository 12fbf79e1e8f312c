import type { Words } from '@citywall/model';
import { useI18n } from 'vue-i18n';
import { wordsKey } from '../locales/index.js';
import { agePart } from '../readings/age.js';

/** Words in the screen's language. */
export function useWords() {
  const { t, te, locale } = useI18n();
  return {
    t,
    locale,
    lang: () => wordsKey(locale.value),
    say: (words: Words | undefined): string => words?.[wordsKey(locale.value)] ?? '',
    /** A view's `meta.error` in words; a reason without words is shown as it is. */
    reason: (error: string): string => (te(`state.reasons.${error}`) ? t(`state.reasons.${error}`) : error),
    /** `3 分钟` */
    age(ms: number): string {
      const { unit, n } = agePart(ms);
      return t(`age.${unit}`, { n });
    },
    /** `3 分钟前` */
    ago(ms: number): string {
      const { unit, n } = agePart(ms);
      return t('age.ago', { age: t(`age.${unit}`, { n }) });
    },
  };
}
