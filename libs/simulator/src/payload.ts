import type { SimulatorPayload } from '@citywall/pack-schema';
import { packBytes, toBase64, toHex } from './bytes.js';
import { compileJsonText, compileTemplate, compileTyped, type Scope, type ValueTemplate } from './template.js';

/** Text of one message: of its own scope and, for tables and batches, the scopes of its rows. */
export type Encode = (scope: Scope, rows: readonly Scope[]) => string;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fill = (scope: Scope, rows: readonly Scope[]) => Json;

/** Compiles a payload of simulator.yaml. Encoding throws TemplateError for a placeholder nothing stands behind. */
export function compilePayload(payload: SimulatorPayload): Encode {
  if ('text' in payload) {
    const template = compileTemplate(payload.text);
    return (scope) => template(scope);
  }
  if ('xml' in payload) {
    const template = compileTemplate(payload.xml, escapeXml);
    return (scope) => template(scope);
  }
  if ('lines' in payload) {
    const template = compileTemplate(payload.lines);
    return (_scope, rows) => rows.map((row) => `${template(row)}\r\n`).join('');
  }
  const fill = compileJson(payload.json);
  return (scope, rows) => JSON.stringify(fill(scope, rows));
}

function compileJson(node: unknown): Fill {
  if (typeof node === 'string') return scalar(compileJsonText(node));
  if (Array.isArray(node)) {
    const items = node.map(compileJson);
    return (scope, rows) => items.map((item) => item(scope, rows));
  }
  if (typeof node !== 'object' || node === null) return () => node as Json;
  const map = node as Record<string, unknown>;
  if (typeof map.$ === 'string') return scalar(compileTyped(map.$));
  if ('$each' in map) {
    const item = compileJson(map.$each);
    return (_scope, rows) => rows.map((row) => item(row, rows));
  }
  if (Array.isArray(map.$bytes)) return compileBytes(map.$bytes, map.as === 'hex' ? toHex : toBase64);
  const members = Object.entries(map).map(([key, value]) => [key, compileJson(value)] as const);
  return (scope, rows) => Object.fromEntries(members.map(([key, member]) => [key, member(scope, rows)]));
}

function compileBytes(fields: unknown[], encode: (bytes: Uint8Array) => string): Fill {
  const parts = fields.map((field): readonly [string, (scope: Scope) => number] => {
    const [kind, value] = Array.isArray(field) ? (field as unknown[]) : [];
    if (typeof kind !== 'string') throw new TypeError('a field of $bytes is [kind, value]');
    if (typeof value === 'number') return [kind, () => value];
    const typed = compileTyped(String(value));
    return [kind, (scope) => Number(typed(scope))];
  });
  return (scope) => encode(packBytes(parts.map(([kind, value]) => [kind, value(scope)] as const)));
}

function scalar(template: ValueTemplate | ((scope: Scope) => string)): Fill {
  return (scope) => template(scope);
}

const XML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => XML[character] ?? character);
}
