import type { Words } from '@citywall/model';
import { createI18n } from 'vue-i18n';
import en from './en.js';
import zhCN from './zh-CN.js';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export function languageOf(value: unknown): Language {
  return value === 'en' ? 'en' : 'zh-CN';
}

/** Key of a language in `Words`. */
export function wordsKey(language: string): keyof Words {
  return language === 'en' ? 'en' : 'zh';
}

/** Words of one app; an app that ends disposes of its own. */
export function wallWords(locale: Language = 'zh-CN') {
  return createI18n({
    legacy: false,
    locale,
    fallbackLocale: 'en',
    // vue-i18n 11 interprets messages, it compiles none: no `unsafe-eval` needed
    messages: { 'zh-CN': zhCN, en },
  });
}

export const i18n = wallWords();
