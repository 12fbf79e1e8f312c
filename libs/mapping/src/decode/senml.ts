import { DecodeError, Failure } from '../failure.js';
import { parseJson } from '../json.js';
import type { Decoder } from '../mapped.js';
import { asText, bare } from './decoder.js';

/** Times below this are relative to now (RFC 8428 §4.5.3). */
const RELATIVE_BELOW = 2 ** 28;
const SUPPORTED_VERSION = 10;
const BASE_FIELDS = ['bn', 'bt', 'bu', 'bv', 'bs', 'bver'];
const MAX_NAME = 500;

interface Base {
  name: string;
  time: number;
  unit: string | undefined;
  value: number;
  sum: number;
}

type RecordFields = Readonly<Record<string, unknown>>;

function field(record: RecordFields, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function numberField(record: RecordFields, name: string): number | undefined {
  const value = field(record, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError(`${name} must be a number`);
  return value;
}

function textField(record: RecordFields, name: string): string | undefined {
  const value = field(record, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > MAX_NAME) throw new DecodeError(`${name} must be text`);
  return value;
}

function rebase(base: Base, record: RecordFields): void {
  base.time = numberField(record, 'bt') ?? base.time;
  base.name = textField(record, 'bn') ?? base.name;
  base.unit = textField(record, 'bu') ?? base.unit;
  base.value = numberField(record, 'bv') ?? base.value;
  base.sum = numberField(record, 'bs') ?? base.sum;
  if ((numberField(record, 'bver') ?? 0) > SUPPORTED_VERSION) throw new DecodeError('a later version of SenML');
  for (const name of Object.keys(record)) {
    if (name.endsWith('_')) throw new DecodeError(`the field ${JSON.stringify(name.slice(0, 40))} must be understood`);
  }
}

function resolved(base: Base, record: RecordFields, receivedAt: number): Record<string, unknown> | null {
  const local = textField(record, 'n') ?? '';
  const out = bare();
  out.name = base.name + local;
  out.base = base.name;
  out.n = local;
  const unit = textField(record, 'u') ?? base.unit;
  if (unit !== undefined) out.u = unit;
  const time = base.time + (numberField(record, 't') ?? 0);
  // nothing said, or "now": the time of receipt, which is the caller's to give; other relative times count from it
  if (time !== 0) out.t = time >= RELATIVE_BELOW ? time : receivedAt / 1000 + time;
  const number = numberField(record, 'v');
  const kinds: [kind: string, value: unknown][] = [
    ['v', number === undefined ? undefined : number + base.value],
    ['vs', field(record, 'vs')],
    ['vb', field(record, 'vb')],
    ['vd', field(record, 'vd')],
  ];
  const given = kinds.filter(([, value]) => value !== undefined);
  if (given.length > 1) throw new DecodeError('a record has one value');
  const sum = numberField(record, 's');
  if (sum !== undefined) out.s = sum + base.sum;
  const [value] = given;
  if (value) {
    const [kind, of] = value;
    if (kind === 'vb' ? typeof of !== 'boolean' : kind !== 'v' && typeof of !== 'string') {
      throw new DecodeError(`${kind} is of the wrong kind`);
    }
    out.kind = kind;
    out.value = of;
  }
  if (value || sum !== undefined) return out;
  if (Object.keys(record).every((name) => BASE_FIELDS.includes(name))) return null;
  throw new DecodeError('a record without a value');
}

/**
 * SenML JSON (RFC 8428): a list of records with their base fields carried forward and resolved:
 * `{name, base, n, u?, t?, kind: v|vs|vb|vd, value, s?}`; `t` in Unix seconds, absent where it means now. A bad record
 * becomes a failure in its place; its siblings stand.
 */
export const decodeSenml: Decoder = (input, { limits, receivedAt }) => {
  const pack =
    typeof input === 'string' || input instanceof Uint8Array ? parseJson(asText(input), limits.depth) : input;
  if (!Array.isArray(pack)) throw new DecodeError('a SenML pack is a list');
  if (pack.length > limits.elements) throw new DecodeError(`more than ${limits.elements} records`, 'too-many');
  const base: Base = { name: '', time: 0, unit: undefined, value: 0, sum: 0 };
  const out: unknown[] = [];
  for (const record of pack as unknown[]) {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      out.push(new Failure('decode', 'a SenML record is an object'));
      continue;
    }
    try {
      rebase(base, record as RecordFields);
      const one = resolved(base, record as RecordFields, receivedAt);
      if (one) out.push(one);
    } catch (error) {
      out.push(new Failure('decode', (error as Error).message));
    }
  }
  return out;
};
