import { SPARKPLUG_TYPES } from '@citywall/pack-schema';
import { encodeText } from './charset.js';

/** Writes payloads of Sparkplug B 3.0 (protobuf). */

export type SparkplugType = (typeof SPARKPLUG_TYPES)[number];

export interface SparkplugMetric {
  /** in births; data name their alias alone */
  name?: string;
  alias?: number;
  type: SparkplugType;
  /** whether the type is said: only births say it */
  typed?: boolean;
  /** null: is_null */
  value: string | number | boolean | null;
}

export interface SparkplugPayload {
  /** Unix ms, of the payload and of each metric */
  at: number;
  /** absent in a death */
  seq?: number;
  metrics: readonly SparkplugMetric[];
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

class Writer {
  private readonly out: number[] = [];

  get bytes(): Uint8Array {
    return Uint8Array.from(this.out);
  }

  varint(field: number, value: bigint): this {
    this.tag(field, VARINT);
    this.number(value);
    return this;
  }

  delimited(field: number, bytes: Uint8Array): this {
    this.tag(field, BYTES);
    this.number(BigInt(bytes.length));
    for (const byte of bytes) this.out.push(byte);
    return this;
  }

  float(field: number, value: number): this {
    return this.fixed(field, FIXED32, 4, (view) => view.setFloat32(0, value, true));
  }

  double(field: number, value: number): this {
    return this.fixed(field, FIXED64, 8, (view) => view.setFloat64(0, value, true));
  }

  private fixed(field: number, wire: number, size: number, write: (view: DataView) => void): this {
    this.tag(field, wire);
    const bytes = new Uint8Array(size);
    write(new DataView(bytes.buffer));
    this.out.push(...bytes);
    return this;
  }

  private tag(field: number, wire: number): void {
    this.number(BigInt((field << 3) | wire));
  }

  private number(value: bigint): void {
    let left = BigInt.asUintN(64, value);
    while (left > 0x7fn) {
      this.out.push(Number(left & 0x7fn) | 0x80);
      left >>= 7n;
    }
    this.out.push(Number(left));
  }
}

export function encodeSparkplug({ at, seq, metrics }: SparkplugPayload): Uint8Array {
  const payload = new Writer().varint(1, BigInt(at));
  for (const metric of metrics) payload.delimited(2, metricBytes(metric, at));
  if (seq !== undefined) payload.varint(3, BigInt(seq));
  return payload.bytes;
}

function metricBytes({ name, alias, type, typed = false, value }: SparkplugMetric, at: number): Uint8Array {
  const metric = new Writer();
  if (name !== undefined) metric.delimited(1, encodeText(name));
  if (alias !== undefined) metric.varint(2, BigInt(alias));
  metric.varint(3, BigInt(at));
  // the numbers of the types begin with 1, 0 is Unknown
  if (typed) metric.varint(4, BigInt(SPARKPLUG_TYPES.indexOf(type) + 1));
  if (value === null) return metric.varint(7, 1n).bytes;
  switch (type) {
    case 'Boolean':
      return metric.varint(14, truth(value) ? 1n : 0n).bytes;
    case 'Float':
      return metric.float(12, Number(value)).bytes;
    case 'Double':
      return metric.double(13, Number(value)).bytes;
    case 'String':
    case 'Text':
      return metric.delimited(15, encodeText(String(value))).bytes;
    case 'Int64':
    case 'UInt64':
    case 'DateTime':
      return metric.varint(11, whole(value)).bytes;
    default:
      return metric.varint(10, BigInt.asUintN(32, whole(value))).bytes;
  }
}

function whole(value: string | number | boolean): bigint {
  const number = Math.round(Number(value));
  return Number.isFinite(number) ? BigInt(number) : 0n;
}

function truth(value: string | number | boolean): boolean {
  return typeof value === 'string' ? value === 'true' || value === '1' : Boolean(value);
}
