import type { SimulatorPayload } from '@citywall/pack-schema';
import { gzipSync } from 'fflate';
import { compileBytes, toBase64, toHex } from './bytes.js';
import { encodeText } from './charset.js';
import { hj212Frame } from './frames.js';
import { compileJson, isThere } from './json.js';
import { compilePath, compileTemplate, type Scope } from './template.js';

/**
 * The payload of one message, of its own scope and, for tables and batches, the scopes of its rows: text, or bytes where
 * it is not plain UTF-8.
 */
export type Encode = (scope: Scope, rows: readonly Scope[]) => string | Uint8Array;

/** Compiles a payload of simulator.yaml. Encoding throws TemplateError for a placeholder nothing stands behind. */
export function compilePayload(payload: SimulatorPayload): Encode {
  const plain = compileContent(payload);
  const charset = 'charset' in payload ? payload.charset : undefined;
  const frame = 'hj212' in payload ? hj212Frame : null;
  if (charset === undefined && frame === null && payload.gzip !== true) return plain;
  return (scope, rows) => {
    const content = plain(scope, rows);
    let bytes = typeof content === 'string' ? encodeText(content, charset) : content;
    if (frame !== null) bytes = frame(bytes);
    // no time in the header: the same message always has the same bytes
    return payload.gzip === true ? gzipSync(bytes, { mtime: 0 }) : bytes;
  };
}

function compileContent(payload: SimulatorPayload): Encode {
  if ('text' in payload) return compileTemplate(payload.text);
  if ('hj212' in payload) return compileTemplate(payload.hj212);
  if ('xml' in payload) return compileTemplate(payload.xml, escapeXml);
  if ('lines' in payload) return compileLines(payload);
  if ('bytes' in payload) {
    const write = compileBytes(payload.bytes);
    if (payload.as === undefined) return write;
    const written = payload.as === 'hex' ? toHex : toBase64;
    return (scope, rows) => written(write(scope, rows));
  }
  const fill = compileJson(payload.json);
  return (scope, rows) => JSON.stringify(fill(scope, rows) ?? null);
}

function compileLines({ lines, header, end, when }: Extract<SimulatorPayload, { lines: string }>): Encode {
  const line = compileTemplate(lines);
  const first = header === undefined ? null : compileTemplate(header);
  const asked = when === undefined ? null : compilePath(when);
  const last = end === 'lf' ? '\n' : '\r\n';
  return (scope, rows) => {
    const told = asked === null ? rows : rows.filter((row) => isThere(asked(row)));
    return [...(first === null ? [] : [first(scope)]), ...told.map(line)].map((text) => text + last).join('');
  };
}

const XML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => XML[character] ?? character);
}
