import type { Words } from '@citywall/model';
import { useI18n } from 'vue-i18n';
import { wordsKey } from '../locales/index.js';
import { agePart } from '../readings/age.js';

/** Words in the screen's language. */
export function useWords() {
  const { t, locale } = useI18n();
  return {
    t,
    locale,
    lang: () => wordsKey(locale.value),
    say: (words: Words | undefined): string => words?.[wordsKey(locale.value)] ?? '',
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
