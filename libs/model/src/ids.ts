/**
 * Identifiers. An asset id is `system/type/key`: system and type match `[a-z][a-z0-9-]*`, the key is what the vendor
 * calls the thing (1–200 characters, no control characters, may contain `/`).
 */
const SYSTEM_OR_TYPE = /^[a-z][a-z0-9-]*$/;
const METRIC = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;

export const MAX_ASSET_KEY = 200;

/** `water/reservoir/longtan` in its three parts. */
export interface AssetIdParts {
  system: string;
  type: string;
  key: string;
}

export function isSystemId(value: string): boolean {
  return value.length <= 40 && SYSTEM_OR_TYPE.test(value);
}

export function isAssetType(value: string): boolean {
  return value.length <= 40 && SYSTEM_OR_TYPE.test(value);
}

/** U+0000–001F and U+007F–009F. A loop: keys are short, asked of every message, and a pattern takes three times as long. */
function hasControl(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}

export function isAssetKey(value: string): boolean {
  return value.length >= 1 && value.length <= MAX_ASSET_KEY && !hasControl(value);
}

export function isMetricName(value: string): boolean {
  return METRIC.test(value);
}

/**
 * The type of an occurrence: a word of the catalogue, or whatever the source calls it (`Flash Flood Watch`, `施工`):
 * 1–100 characters without control characters, no blanks at the ends.
 */
export function isOccurrenceType(value: string): boolean {
  return value.length >= 1 && value.length <= 100 && !hasControl(value) && value.trim() === value;
}

export function assetId(system: string, type: string, key: string): string {
  return `${system}/${type}/${key}`;
}

/** The parts of an asset id, or null where the text is not one. */
export function parseAssetId(id: string): AssetIdParts | null {
  const first = id.indexOf('/');
  const second = first < 0 ? -1 : id.indexOf('/', first + 1);
  if (second < 0) return null;
  const parts = { system: id.slice(0, first), type: id.slice(first + 1, second), key: id.slice(second + 1) };
  return isSystemId(parts.system) && isAssetType(parts.type) && isAssetKey(parts.key) ? parts : null;
}
