import type { PiiClass } from '@citywall/mapping';
import type { FeedEntry } from './files/feeds.js';
import type { PackFile } from './files/pack.js';
import { ANY_TYPE, type PackPii } from './pack.js';
import type { Entry } from './source.js';

/** Personal fields, from the declaration of the occurrence type and from the feeds; the declaration wins. */
export function collectPii(head: PackFile, feeds: readonly Entry<FeedEntry>[]): PackPii {
  const pii: PackPii = { occurrences: {}, readings: {} };
  const note = (type: string, field: string, what: PiiClass | false | undefined): void => {
    if (what === undefined || what === false) return;
    const fields = pii.occurrences[type] ?? {};
    fields[field] = what;
    pii.occurrences[type] = fields;
  };
  for (const { value: feed } of feeds) {
    for (const occurrence of feed.occurrences ?? []) {
      for (const [field, value] of Object.entries(occurrence.fields ?? {})) {
        if (typeof value !== 'string')
          note(occurrence.type.includes('{') ? ANY_TYPE : occurrence.type, field, value.pii);
      }
    }
    if (feed.readings === undefined || Array.isArray(feed.readings)) continue;
    const type = feed.asset?.slice(0, feed.asset.indexOf('/')) ?? '';
    for (const [metric, value] of Object.entries(feed.readings)) {
      if (typeof value !== 'string' && value.pii !== undefined && value.pii !== false)
        pii.readings[`${type}/${metric}`] = value.pii;
    }
  }
  for (const [type, spec] of Object.entries(head.occurrenceTypes ?? {})) {
    for (const [field, { pii: what }] of Object.entries(spec.fields ?? {})) {
      if (what === false) delete pii.occurrences[type]?.[field];
      else note(type, field, what);
    }
  }
  return pii;
}
