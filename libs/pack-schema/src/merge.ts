import type { Places } from './places.js';

type PlainMap = Record<string, unknown>;

/**
 * Puts a patch over a base, as site directories and `use: recipe` do: maps deep, lists of entries by `id` (order kept,
 * new ones appended), other lists and values replaced, `null` deletes. A list of entries may also be patched by a map
 * from id to entry (`feeds: { realtime: null }` deletes one). Neither argument changes; places are carried over.
 */
export function mergeLayers(base: unknown, patch: unknown, places: Places): unknown {
  if (isMap(base) && isMap(patch)) return mergeMaps(base, patch, places);
  if (isEntryList(base) && isEntryList(patch)) return mergeEntries(base, patch, places);
  if (isEntryList(base) && isMap(patch)) return mergeEntriesById(base, patch, places);
  return patch;
}

function mergeMaps(base: PlainMap, patch: PlainMap, places: Places): PlainMap {
  const merged: PlainMap = {};
  // a missing member is reported where the base was written: the patch need not repeat it
  const self = places.self(base);
  if (self !== undefined) places.open(merged, self);
  for (const [key, value] of Object.entries(base)) {
    if (!Object.hasOwn(patch, key)) {
      merged[key] = value;
      places.carry(base, key, merged);
    } else if (patch[key] !== null) {
      const joined = mergeLayers(value, patch[key], places);
      merged[key] = joined;
      places.carry(joined === value ? base : patch, key, merged);
    }
  }
  for (const [key, value] of Object.entries(patch)) {
    if (Object.hasOwn(base, key) || value === null) continue;
    merged[key] = value;
    places.carry(patch, key, merged);
  }
  return merged;
}

function mergeEntries(base: PlainMap[], patch: PlainMap[], places: Places): PlainMap[] {
  const merged: PlainMap[] = [];
  const self = places.self(base) ?? places.self(patch);
  if (self !== undefined) places.open(merged, self);
  const add = (entry: PlainMap, from: object, index: number): void => {
    places.carry(from, index, merged, merged.length);
    merged.push(entry);
  };
  const patched = new Set<number>();
  for (const [index, entry] of base.entries()) {
    const at = patch.findIndex((candidate, place) => candidate.id === entry.id && !patched.has(place));
    const over = at < 0 ? undefined : patch[at];
    if (over === undefined) add(entry, base, index);
    else {
      patched.add(at);
      add(mergeMaps(entry, over, places), base, index);
    }
  }
  for (const [index, entry] of patch.entries()) if (!patched.has(index)) add(entry, patch, index);
  return merged;
}

function mergeEntriesById(base: PlainMap[], patch: PlainMap, places: Places): unknown[] {
  const merged: unknown[] = [];
  const self = places.self(base);
  if (self !== undefined) places.open(merged, self);
  const known = new Set<string>();
  for (const [index, entry] of base.entries()) {
    const id = String(entry.id);
    known.add(id);
    if (!Object.hasOwn(patch, id)) {
      places.carry(base, index, merged, merged.length);
      merged.push(entry);
    } else if (patch[id] !== null) {
      places.carry(base, index, merged, merged.length);
      merged.push(isMap(patch[id]) ? mergeMaps(entry, patch[id], places) : patch[id]);
    }
  }
  for (const [id, entry] of Object.entries(patch)) {
    if (known.has(id) || entry === null) continue;
    places.carry(patch, id, merged, merged.length);
    if (!isMap(entry)) merged.push(entry);
    else {
      const named: PlainMap = { id, ...entry };
      const spot = places.self(entry);
      if (spot !== undefined) places.open(named, spot);
      for (const key of Object.keys(entry)) places.carry(entry, key, named);
      merged.push(named);
    }
  }
  return merged;
}

export function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntryList(value: unknown): value is PlainMap[] {
  return Array.isArray(value) && value.every((entry) => isMap(entry) && Object.hasOwn(entry, 'id'));
}
