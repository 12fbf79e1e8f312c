import { DecodeError, Failure } from '../failure.js';
import { parseJson } from '../json.js';
import type { Decoder } from '../mapped.js';
import { asText, bare } from './decoder.js';

interface CsvOptions {
  header?: boolean;
  columns?: string[];
  separator?: string;
  skip?: number;
}

/** Rows of RFC 4180 text: quoted cells may hold separators, line ends and doubled quotes. */
function csvRows(text: string, separator: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      let end = text.indexOf('"', at + 1);
      while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
      if (end < 0) throw new DecodeError('a quoted cell without its end');
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
      const after = text[at];
      if (after !== undefined && after !== separator && after !== '\n' && after !== '\r') {
        throw new DecodeError('text after a quoted cell');
      }
    } else {
      let end = at;
      while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
      cell = text.slice(at, end);
      at = end;
    }
    row.push(cell);
    if (text[at] === separator) {
      at++;
      if (at === text.length || text[at] === '\n' || text[at] === '\r') row.push('');
      if (at < text.length && text[at] !== '\n' && text[at] !== '\r') continue;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at++;
    at++;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    if (rows.length > most) throw new DecodeError(`more than ${most} rows`, 'too-many');
    row = [];
  }
  return rows;
}

export function csv({ header = true, columns, separator = ',', skip = 0 }: CsvOptions): Decoder {
  return (input, { limits }) => {
    const rows = csvRows(asText(input), separator, limits.elements).slice(skip);
    const names = columns ?? (header ? rows.shift() : undefined);
    if (!names) return rows;
    return rows.map((cells) => {
      const row = bare();
      for (let i = 0; i < names.length && i < cells.length; i++) row[(names[i] as string).trim()] = cells[i];
      return row;
    });
  };
}

interface KvOptions {
  pair?: string;
  assign?: string;
}

/** `a=1;b=2` as an object; parts without the sign of assignment are left out. */
export function kv({ pair = ';', assign = '=' }: KvOptions): Decoder {
  return (input, { limits }) => {
    const parts = asText(input).split(pair, limits.elements + 1);
    if (parts.length > limits.elements) throw new DecodeError(`more than ${limits.elements} pairs`, 'too-many');
    const out = bare();
    for (const part of parts) {
      const at = part.indexOf(assign);
      if (at > 0) out[part.slice(0, at).trim()] = part.slice(at + assign.length).trim();
    }
    return out;
  };
}

function linesOf(input: unknown, most: number): string[] {
  const lines = asText(input).split(/\r?\n/, most + 2);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > most) throw new DecodeError(`more than ${most} lines`, 'too-many');
  return lines;
}

export const lines: Decoder = (input, { limits }) => linesOf(input, limits.elements);

/** One JSON tree a line; a line that is none becomes a failure in its place. */
export const ndjson: Decoder = (input, { limits }) =>
  linesOf(input, limits.elements)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return parseJson(line, limits.depth);
      } catch (error) {
        if (error instanceof DecodeError) return new Failure(error.reason, error.message);
        throw error;
      }
    });
