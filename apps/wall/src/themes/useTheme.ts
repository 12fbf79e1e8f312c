import { type InjectionKey, inject, type Ref, ref } from 'vue';

export type ThemeName = 'watch' | 'show';
export const THEME: InjectionKey<Readonly<Ref<ThemeName>>> = Symbol('theme');

export function themeOf(value: unknown): ThemeName {
  return value === 'show' ? 'show' : 'watch';
}

/** Theme of the display this component is on. @default watch */
export function useTheme(): Readonly<Ref<ThemeName>> {
  return inject(THEME, ref<ThemeName>('watch'));
}
