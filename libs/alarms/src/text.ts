import type { ReadingValue, Words } from '@citywall/model';

/** What may stand in the text of a rule, by name: text as it is, or in both languages. */
export type Facts = Readonly<Record<string, ReadingValue | Words | null | undefined>>;

/**
 * The text of a rule with its holes filled: `{asset} {value} m`. What is not known becomes a dash: a sentence with a hole
 * would be read as broken.
 */
export function fillText(text: Words, facts: Facts): Words {
  return { zh: fill(text.zh, 'zh', facts), en: fill(text.en, 'en', facts) };
}

function fill(text: string, language: keyof Words, facts: Facts): string {
  return text.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
    if (fact === undefined || fact === null || fact === '') return '—';
    if (typeof fact === 'object' && !Array.isArray(fact)) return fact[language];
    return Array.isArray(fact) ? fact.join(', ') : String(fact);
  });
}
