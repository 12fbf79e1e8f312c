import { toHex } from '../base64.js';
import { DecodeError, Failure } from '../failure.js';
import { parseJson } from '../json.js';
import type { Decoder, Limits } from '../mapped.js';
import { charset } from '../text-decoder.js';
import { asText } from './decoder.js';
import { type Memory, Recalled } from './memory.js';
import { type WireField, wireFields } from './protobuf.js';

/** Names of data types by their numbers (Sparkplug 3.0, 6.4.16). */
const TYPES = [
  'Unknown',
  'Int8',
  'Int16',
  'Int32',
  'Int64',
  'UInt8',
  'UInt16',
  'UInt32',
  'UInt64',
  'Float',
  'Double',
  'Boolean',
  'String',
  'DateTime',
  'Text',
  'UUID',
  'DataSet',
  'Bytes',
  'File',
  'Template',
  'PropertySet',
  'PropertySetList',
] as const;
const SIGNED: Readonly<Record<string, number>> = { Int8: 8, Int16: 16, Int32: 32, Int64: 64 };
const KIND = /^([ND])(BIRTH|DATA|DEATH|CMD)$/;
const MAX_NAME = 1000;

interface Metric {
  name?: string | undefined;
  /** as text: aliases are 64 bits wide */
  alias?: string | undefined;
  type?: string | undefined;
  /** Unix ms */
  at?: number | undefined;
  value?: unknown;
  historical: boolean;
}

interface Payload {
  timestamp?: number | undefined;
  seq?: number | undefined;
  metrics: (Metric | Failure)[];
}

/** What a birth said of an alias. */
interface Born {
  name: string;
  type: string | undefined;
  /** the birth was heard before the last start: a later one may have been missed */
  recalled?: true;
}

/** What is remembered of an edge node; replaced, never changed. */
interface Node {
  /** absent after a death: the next number is not known then */
  seq?: number | undefined;
  bdSeq?: string | undefined;
  /** its birth was heard before the last start */
  recalled?: true;
  aliases: ReadonlyMap<string, Born>;
  devices: ReadonlySet<string>;
}

const utf8 = charset('utf-8');

function text({ wire, value }: WireField, what: string): string {
  if (wire !== 2) throw new DecodeError(`${what} is no text`);
  try {
    return utf8.decode(value as Uint8Array);
  } catch {
    throw new DecodeError(`${what} is not UTF-8`);
  }
}

function count({ wire, value }: WireField, what: string): bigint {
  if (wire !== 0) throw new DecodeError(`${what} is no whole number`);
  return value as bigint;
}

/** A number where a double holds it, else its digits. */
function plain(value: bigint): number | string {
  return value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n ? Number(value) : String(value);
}

function instant(value: bigint): number {
  return value > 8_640_000_000_000_000n ? Number.NaN : Number(value);
}

function real({ wire, value }: WireField, what: string): number {
  if ((wire !== 5 && wire !== 1) || !(value instanceof Uint8Array)) throw new DecodeError(`${what} is no real number`);
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return wire === 5 ? view.getFloat32(0, true) : view.getFloat64(0, true);
}

function metricOf(bytes: Uint8Array, index: number): Metric {
  const what = `metric ${index}`;
  const metric: Metric = { historical: false };
  let given: WireField | null = null;
  for (const field of wireFields(bytes, what)) {
    switch (field.number) {
      case 1:
        metric.name = text(field, `${what}: its name`);
        break;
      case 2:
        metric.alias = String(count(field, `${what}: its alias`));
        break;
      case 3:
        metric.at = instant(count(field, `${what}: its time`));
        break;
      case 4:
        metric.type = TYPES[Number(count(field, `${what}: its type`))] ?? 'Unknown';
        break;
      case 5:
        metric.historical = count(field, what) !== 0n;
        break;
      case 7:
        if (count(field, what) !== 0n) metric.value = null;
        break;
      default:
        // 10 to 19 are the kinds of value; metadata and properties are not read
        if (field.number >= 10 && field.number <= 19) given = field;
    }
  }
  if (given && metric.value === undefined) metric.value = wireValue(given, what);
  return metric;
}

/** What the field of the value holds; signs are given by the type, which only a birth may know. */
function wireValue(field: WireField, what: string): unknown {
  switch (field.number) {
    case 10:
    case 11:
      return count(field, what);
    case 12:
    case 13:
      return real(field, what);
    case 14:
      return count(field, what) !== 0n;
    case 15:
      return text(field, what);
    case 16:
      if (field.wire !== 2) throw new DecodeError(`${what} are no bytes`);
      return toHex(field.value as Uint8Array);
    default:
      return new Failure('type', `${what}: a ${field.number === 17 ? 'data set' : 'template'} is not read`);
  }
}

function typed(value: unknown, type: string | undefined): unknown {
  if (typeof value !== 'bigint') return value;
  const bits = type === undefined ? undefined : SIGNED[type];
  return plain(bits === undefined ? value : BigInt.asIntN(bits, value));
}

function readWire(bytes: Uint8Array, { elements }: Limits): Payload {
  const payload: Payload = { metrics: [] };
  for (const field of wireFields(bytes, 'the payload')) {
    if (field.number === 1) payload.timestamp = instant(count(field, 'the time'));
    else if (field.number === 3) payload.seq = Number(count(field, 'seq'));
    else if (field.number === 2) {
      if (field.wire !== 2) throw new DecodeError('a metric is no message');
      if (payload.metrics.length >= elements) throw new DecodeError(`more than ${elements} metrics`, 'too-many');
      payload.metrics.push(metricOf(field.value as Uint8Array, payload.metrics.length));
    }
  }
  return payload;
}

const own = (bag: object, name: string): unknown =>
  Object.hasOwn(bag, name) ? (bag as Record<string, unknown>)[name] : undefined;
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** The rendering of the specification's examples, which some gateways publish. */
function readJson(tree: unknown, { elements }: Limits): Payload {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree))
    throw new DecodeError('the payload is no object');
  const list = own(tree, 'metrics') ?? [];
  if (!Array.isArray(list)) throw new DecodeError('metrics is no list');
  if (list.length > elements) throw new DecodeError(`more than ${elements} metrics`, 'too-many');
  const metrics = list.map((one: unknown, index): Metric | Failure => {
    if (typeof one !== 'object' || one === null) return new Failure('decode', `metric ${index} is no object`);
    const name = own(one, 'name');
    const alias = own(one, 'alias');
    const type = own(one, 'dataType') ?? own(one, 'datatype');
    return {
      name: typeof name === 'string' ? name : undefined,
      alias: typeof alias === 'number' || typeof alias === 'string' ? String(alias) : undefined,
      type: typeof type === 'string' ? type : undefined,
      at: numberOf(own(one, 'timestamp')),
      historical: own(one, 'is_historical') === true,
      value: own(one, 'value'),
    };
  });
  return { timestamp: numberOf(own(tree, 'timestamp')), seq: numberOf(own(tree, 'seq')), metrics };
}

/** Names and types of a birth for what later carries only an alias. */
function learn(node: Node, metrics: Payload['metrics'], fresh: boolean, most: number): Node['aliases'] {
  const aliases = new Map(fresh ? [] : node.aliases);
  for (const metric of metrics) {
    if (metric instanceof Failure || metric.alias === undefined || metric.name === undefined) continue;
    if (aliases.size >= most) break;
    aliases.set(metric.alias, { name: metric.name, type: metric.type });
  }
  return aliases;
}

/** The name and type an alias was born with, the value by its type. */
function resolve(metric: Metric | Failure, index: number, node: Node, path: string): unknown {
  if (metric instanceof Failure) return metric;
  const born = metric.alias === undefined ? undefined : node.aliases.get(metric.alias);
  const name = metric.name ?? born?.name;
  if (name === undefined) {
    return metric.alias === undefined
      ? new Failure('decode', `metric ${index} has neither a name nor an alias`)
      : new Failure('value', `alias ${metric.alias} of ${path} is not known: no birth of it was received`);
  }
  if (name.length > MAX_NAME) return new Failure('decode', `metric ${index} has a name of ${name.length} characters`);
  const type = metric.type ?? born?.type;
  const value = typed(metric.value, type);
  if (value instanceof Failure) return value;
  const known = { ...metric, name, type, value };
  return metric.name === undefined && born?.recalled ? { ...known, recalled: true } : known;
}

const NOBODY: Node = { aliases: new Map(), devices: new Set() };

/** @param born what it says is to outlive the process: without `seq`, which goes on while nobody listens */
function keep(memory: Memory, path: string, node: Node, born: boolean): void {
  const units = 1 + node.aliases.size + node.devices.size;
  memory.set(path, node, units, born ? () => plainOf(node) : undefined);
}

function plainOf({ bdSeq, aliases, devices }: Node): unknown {
  return {
    ...(bdSeq === undefined ? {} : { bdSeq }),
    aliases: [...aliases].map(([alias, { name, type }]) => (type === undefined ? [alias, name] : [alias, name, type])),
    devices: [...devices],
  };
}

/** Whether a death is of a session before the one that was born last. */
function isEarlier(died: string, { bdSeq, recalled }: Node): boolean {
  if (bdSeq === undefined || died === bdSeq) return false;
  if (!recalled) return true;
  // Births may have been missed: what lies ahead (numbers go from 0 to 255 and on) died after the one that is known.
  const ahead = (Number(died) - Number(bdSeq) + 256) % 256;
  return !(ahead < 128);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** What `plainOf` made; whatever else it is, nothing comes of it. */
function recall(plain: unknown): Node {
  if (typeof plain !== 'object' || plain === null) return NOBODY;
  const aliases = new Map<string, Born>();
  for (const entry of listOf(own(plain, 'aliases'))) {
    const [alias, name, type] = listOf(entry);
    if (!isText(alias) || !isText(name)) continue;
    aliases.set(alias, { name, type: isText(type) ? type : undefined, recalled: true });
  }
  const bdSeq = own(plain, 'bdSeq');
  return {
    ...(isText(bdSeq) ? { bdSeq } : {}),
    recalled: true,
    aliases,
    devices: new Set(listOf(own(plain, 'devices')).filter(isText)),
  };
}

function remembered(memory: Memory, path: string): Node {
  const kept = memory.get(path);
  if (kept instanceof Recalled) return recall(kept.plain);
  return (kept as Node | undefined) ?? NOBODY;
}

/**
 * A message of an edge node or its device (Sparkplug B 3.0), protobuf or the JSON rendering of the specification; the
 * topic says who speaks: `{kind: NBIRTH…, group, node, device?, timestamp, seq, metrics: [{name, alias, type, at, value,
 * historical, recalled?}], stale?, devices}`. Aliases are resolved from the last birth, which is remembered per edge node
 * and lasts; `recalled` marks a name that is known from before the last start. Where `seq`
 * shows that messages are missing a failure (reason value) stands behind the metrics; `stale` marks the death of a session
 * before the one that was born last; `devices` of an NDEATH are all that were born under the node.
 */
export const sparkplugB: Decoder = (input, { limits, topic, memory }) => {
  const levels = topic.split('/');
  const at = levels.findIndex((level) => KIND.test(level));
  const [kind = '', node = '', device] = at > 0 ? levels.slice(at) : [];
  const group = levels[at - 1];
  const [, of, what] = KIND.exec(kind) ?? [];
  if (group === undefined || node === '' || (of === 'D') !== (device !== undefined)) {
    throw new DecodeError(`${JSON.stringify(topic.slice(0, 80))} is no topic of an edge node or its device`);
  }
  const isJson = typeof input === 'string' || (input instanceof Uint8Array && input[0] === 0x7b);
  if (!isJson && !(input instanceof Uint8Array)) throw new DecodeError('sparkplug-b works on bytes');
  const payload = isJson
    ? readJson(parseJson(asText(input), limits.depth), limits)
    : readWire(input as Uint8Array, limits);
  const path = `${group}/${node}`;
  const tree: Record<string, unknown> = {
    kind,
    group,
    node,
    timestamp: payload.timestamp,
    seq: payload.seq,
    devices: [],
  };
  if (device !== undefined) tree.device = device;
  let gap: Failure | null = null;
  let known = remembered(memory, path);
  const { seq } = payload;
  if (what !== 'CMD' && kind !== 'NDEATH' && seq !== undefined) {
    const last = kind === 'NBIRTH' ? undefined : known.seq;
    // the same number again is a redelivery
    if (last !== undefined && seq !== last && seq !== (last + 1) % 256) {
      gap = new Failure('value', `seq ${seq} comes after ${last} of ${path}: messages between are missing`);
    }
    known = { ...known, seq };
  }
  const bdSeq = (): string | undefined => {
    const metric = payload.metrics.find((one): one is Metric => !(one instanceof Failure) && one.name === 'bdSeq');
    const { value } = metric ?? {};
    return typeof value === 'bigint' || typeof value === 'number' ? String(value) : undefined;
  };
  if (kind === 'NBIRTH') {
    known = { seq, bdSeq: bdSeq(), aliases: learn(NOBODY, payload.metrics, true, limits.elements), devices: new Set() };
  } else if (kind === 'DBIRTH' && device !== undefined) {
    const devices = known.devices.size < limits.elements ? new Set([...known.devices, device]) : known.devices;
    known = { ...known, aliases: learn(known, payload.metrics, false, limits.elements), devices };
  } else if (kind === 'NDEATH') {
    const died = bdSeq();
    // the will of an earlier session may arrive behind the birth of the next
    if (died !== undefined && isEarlier(died, known)) tree.stale = true;
    else {
      tree.devices = [...known.devices];
      known = { ...known, seq: undefined };
    }
  }
  tree.metrics = payload.metrics.map((metric, index) => resolve(metric, index, known, path));
  if (gap) (tree.metrics as unknown[]).push(gap);
  if (what !== 'CMD') keep(memory, path, known, what === 'BIRTH');
  return tree;
};
