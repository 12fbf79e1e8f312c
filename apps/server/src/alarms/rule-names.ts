import type { Words } from '@citywall/model';
import type { AlarmRule, Pack } from '@citywall/pack-schema';

/** What names the thing itself: beside the name of its kind it says nothing. */
const THING = /\{(?:asset|name|id|town|place)\}/g;
const REST = /\{[^{}]*\}/g;

/**
 * How a rule is called where it stands for all of its alarms: the kind of asset (or occurrence), and its text without what is
 * filled in: 井盖 · 井下高液位.
 */
export function nameOfRule(rule: Pick<AlarmRule, 'text' | 'metric' | 'occurrence'>, pack?: Pack): Words {
  const type = rule.metric?.split('/')[0];
  const kind =
    type === undefined ? pack?.occurrenceTypes[rule.occurrence?.type ?? '']?.name : pack?.assetTypes[type]?.name;
  return { zh: called(kind?.zh, rule.text.zh), en: called(kind?.en, rule.text.en) };
}

function called(kind: string | undefined, text: string): string {
  const said = text
    .replace(THING, '')
    .replace(REST, '…')
    // brackets with nothing but blanks in them
    .replace(/[（(][\s…、,，/]*[）)]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^[\s:：,，、·]+|[\s:：,，、·]+$/g, '');
  if (said === '' || said === '…') return kind ?? text;
  return kind === undefined || said.includes(kind) ? said : `${kind} · ${said}`;
}
