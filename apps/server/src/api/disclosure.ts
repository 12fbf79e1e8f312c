import { createHash } from 'node:crypto';
import { maskField, maskFields, scrubText } from '@citywall/aggregate';
import { type Asset, isPrivate, type Occurrence, parseAssetId, type ReadingValue, type Words } from '@citywall/model';
import { type Pack, personalFields } from '@citywall/pack-schema';

/** Rules of what leaves the server towards somebody who may not see personal values (policy `personal.read`). */

/** How many characters of a print tell two things of one kind apart. */
const PRINT = 4;
/** Attributes of a private asset that say no more of it than where about it is. */
const OPEN_ATTRIBUTES: ReadonlySet<string> = new Set(['access', 'town', 'townCode']);

/**
 * How a private asset is called where its name is not told: its kind, and a print by which two of them are told apart
 * (手环 #3f0a).
 * @param id of the asset, or of whatever else there is
 */
export function labelOf(pack: Pick<Pack, 'assetTypes'> | undefined, id: string): Words {
  const kind = pack?.assetTypes[parseAssetId(id)?.type ?? '']?.name ?? { zh: '受保护对象', en: 'Private' };
  const print = createHash('sha256').update(id).digest('hex').slice(0, PRINT);
  return { zh: `${kind.zh} #${print}`, en: `${kind.en} #${print}` };
}

/** Attributes of a private asset without those that could name it: its town, and numbers that rules hold values against. */
export function openAttributes(attributes: Asset['attributes']): Asset['attributes'] {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name, value]) => OPEN_ATTRIBUTES.has(name) || typeof value !== 'string'),
  );
}

/** An asset as somebody sees it who may not see personal values: a private one without name, place and the vendor's id. */
export function discloseAsset(asset: Asset, pack: Pack | undefined, unmasked: boolean): Asset {
  if (unmasked || !isPrivate(asset)) return asset;
  const { extId: _, ...rest } = asset;
  return {
    ...rest,
    name: labelOf(pack, asset.id).zh,
    place: null,
    attributes: openAttributes(asset.attributes),
  };
}

/** A reading's value, masked where the pack says that the metric is personal. */
export function discloseValue(
  value: ReadingValue,
  pack: Pack | undefined,
  type: string,
  metric: string,
  unmasked: boolean,
): ReadingValue | null {
  if (unmasked) return value;
  const kind = pack?.pii.readings[`${type}/${metric}`];
  return kind === undefined ? value : maskField(kind, value);
}

/** An occurrence's fields: personal ones masked by their kind, numbers of phones and people out of all other texts. */
export function discloseFields(
  occurrence: Pick<Occurrence, 'type' | 'fields'>,
  pack: Pack | undefined,
  unmasked: boolean,
): Occurrence['fields'] {
  if (unmasked) return occurrence.fields;
  return maskFields(occurrence.fields, personalFields(pack?.pii, occurrence.type));
}

/**
 * A raw payload that could not be mapped cannot be masked by field either: of a feed with personal fields nothing is
 * shown, of others the text without numbers of phones and people.
 */
export function disclosePayload(
  kept: { payload: string; truncated: boolean },
  personal: boolean,
  unmasked: boolean,
): { payload: string; truncated: boolean } {
  if (unmasked) return { payload: kept.payload, truncated: kept.truncated };
  if (personal) return { payload: '', truncated: true };
  const bytes = Buffer.from(kept.payload, 'base64');
  const text = bytes.toString('utf8');
  const scrubbed = scrubText(text);
  return {
    payload: scrubbed === text ? kept.payload : Buffer.from(scrubbed, 'utf8').toString('base64'),
    truncated: kept.truncated,
  };
}

/** Whether messages of a feed can hold personal fields; of a feed nobody knows (any more), whether any of the pack can. */
export function isPersonal(pack: Pack | undefined, feed: string): boolean {
  if (!pack) return true;
  const spec = pack.feeds.find(({ id }) => id === feed);
  const tagged = new Set(
    Object.keys(pack.pii.occurrences).filter((type) => Object.keys(pack.pii.occurrences[type] ?? {}).length > 0),
  );
  if (!spec) return tagged.size > 0 || Object.keys(pack.pii.readings).length > 0;
  return (
    mentionsPersonal(spec) ||
    (spec.occurrences ?? []).some(({ type }) => tagged.has(type) || (type.includes('{') && tagged.size > 0))
  );
}

/** `pii` stands beside the value it tags, however deep in the feed. */
function mentionsPersonal(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if (Array.isArray(part)) return part.some(mentionsPersonal);
  return Object.entries(part).some(([name, value]) => (name === 'pii' && value !== false) || mentionsPersonal(value));
}
