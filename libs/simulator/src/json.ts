import type { ByteField } from '@citywall/pack-schema';
import { compileBytes, toBase64, toHex } from './bytes.js';
import { asScalar, compileJsonText, compilePath, compileTemplate, type Filled, type Scope } from './template.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** undefined: left out, with its key */
type Fill = (scope: Scope, rows: readonly Scope[]) => Json | undefined;

/** Compiles a tree of simulator.yaml: texts with placeholders, and maps whose $ key makes them something else. */
export function compileJson(node: unknown): Fill {
  if (typeof node === 'string') return compileJsonText(node);
  if (Array.isArray(node)) {
    const items = node.map(compileJson);
    return (scope, rows) => items.map((item) => item(scope, rows)).filter((item) => item !== undefined);
  }
  if (typeof node !== 'object' || node === null) return () => node as Json;
  const map = node as Record<string, unknown>;
  if (typeof map.$ === 'string') return compileValue(map.$, map);
  if ('$each' in map) return compileEach(map);
  if ('$json' in map) {
    const inner = compileJson(map.$json);
    return (scope, rows) => JSON.stringify(inner(scope, rows) ?? null);
  }
  if (Array.isArray(map.$bytes)) {
    const write = compileBytes(map.$bytes as ByteField[]);
    const written = map.as === 'hex' ? toHex : toBase64;
    return (scope, rows) => written(write(scope, rows));
  }
  const members = Object.entries(map).map(([key, value]) => [key, compileJson(value)] as const);
  return (scope, rows) => {
    const out: Record<string, Json> = {};
    for (const [key, member] of members) {
      const value = member(scope, rows);
      if (value !== undefined) out[key] = value;
    }
    return out;
  };
}

/** Whether a platform has something to say: not null, not missing, not empty, false or 0. */
export function isThere(value: Filled): boolean {
  if (typeof value === 'object' && value !== null && 'missing' in value) return false;
  return Boolean(asScalar(value));
}

function compileValue(path: string, { as, optional }: Record<string, unknown>): Fill {
  const value = compilePath(path);
  const text = as === 'text' ? compileTemplate(`{${path}}`) : null;
  return (scope) => {
    const filled = value(scope);
    const absent = filled === null || (typeof filled === 'object' && 'missing' in filled);
    if (absent && optional === true) return undefined;
    return text === null || absent ? asScalar(filled) : text(scope);
  };
}

function compileEach({ $each, key, when }: Record<string, unknown>): Fill {
  const item = compileJson($each);
  const name = typeof key === 'string' ? compileTemplate(key) : null;
  const asked = typeof when === 'string' ? compilePath(when) : null;
  return (_scope, rows) => {
    const told = asked === null ? rows : rows.filter((row) => isThere(asked(row)));
    if (name === null) return told.map((row) => item(row, [row])).filter((one) => one !== undefined);
    return Object.fromEntries(told.map((row) => [name(row), item(row, [row]) ?? null]));
  };
}
