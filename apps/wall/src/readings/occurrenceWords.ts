import type { Words } from '@citywall/model';
import type { OccurrenceRow, OccurrenceWords } from '@citywall/protocol';

/** Words of occurrences by `system/type`, as the layout of a scene brings them. */
export type OccurrenceTypes = Readonly<Record<string, OccurrenceWords>> | undefined;

/** A status in words: the panel's own, else those its pack declares, else as it came. */
export function statusText(
  types: OccurrenceTypes,
  { system, type, status }: Pick<OccurrenceRow, 'system' | 'type' | 'status'>,
  own: Record<string, Words> | undefined,
  lang: 'zh' | 'en',
): string {
  return own?.[status]?.[lang] ?? types?.[`${system}/${type}`]?.statuses?.[status]?.[lang] ?? status;
}

/** What kind of thing it is, in words: a text for an occurrence that says nothing of itself. */
export function typeText(
  types: OccurrenceTypes,
  { system, type }: Pick<OccurrenceRow, 'system' | 'type'>,
  lang: 'zh' | 'en',
): string {
  return types?.[`${system}/${type}`]?.name[lang] ?? type;
}

/** A level of the scale its pack declares, in words; nothing where it has none. */
export function levelText(
  types: OccurrenceTypes,
  { system, type, level }: Pick<OccurrenceRow, 'system' | 'type' | 'level'>,
  lang: 'zh' | 'en',
): string {
  return level === undefined ? '' : (types?.[`${system}/${type}`]?.levels?.[level]?.[lang] ?? level);
}
