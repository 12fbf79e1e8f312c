import type { OpKind } from '../../../../libs/mapping/src/ops/operator.js';
import { bytes } from './support.js';

/** mulberry32: the same inputs on every machine */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class Hostile {
  constructor(private readonly random: () => number) {}

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T;
  }

  text(): string {
    return this.pick([
      '',
      ' ',
      '--',
      '0012',
      '1e999',
      '-9999',
      '12.3 km',
      '__proto__',
      'constructor',
      'toString',
      '水位',
      '\u0000',
      '\ud800',
      '2026-07-09T14:35:00+08:00',
      '2026-09-31',
      '9007199254740993',
      'qg==',
      '{"a":1}',
      `${'['.repeat(50)}`,
      'a'.repeat(1 + Math.floor(this.random() * 3000)),
      'a,'.repeat(Math.floor(this.random() * 600)),
      String.fromCharCode(...Array.from({ length: 12 }, () => Math.floor(this.random() * 0xffff))),
    ]);
  }

  value(depth = 0): unknown {
    const kind = Math.floor(this.random() * (depth > 4 ? 6 : 9));
    switch (kind) {
      case 0:
        return this.text();
      case 1:
        return this.pick([0, -0, 1, -1, 0.1, 1e308, -1e308, 2 ** 53, 1783578900000, 1783578900, Number.MIN_VALUE]);
      case 2:
        return (this.random() - 0.5) * 10 ** Math.floor(this.random() * 300);
      case 3:
        return this.random() < 0.5;
      case 4:
        return null;
      case 5:
        return this.pick([Number.NaN, Number.POSITIVE_INFINITY, undefined]);
      case 6:
        return Array.from({ length: Math.floor(this.random() * 5) }, () => this.value(depth + 1));
      case 7:
        return new Uint8Array(Array.from({ length: Math.floor(this.random() * 20) }, () => this.random() * 256));
      default: {
        const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
        for (let i = Math.floor(this.random() * 5); i > 0; i--) object[this.name()] = this.value(depth + 1);
        return object;
      }
    }
  }

  name(): string {
    return this.pick([
      'v',
      'ts',
      'id',
      'items',
      'n',
      'u',
      'bn',
      'bt',
      'rows',
      'cols',
      '__proto__',
      'constructor',
      '',
      'a.b',
      '水',
    ]);
  }

  /** A value of the kind an operator says it takes, at times another. */
  ofKind(kind: OpKind): unknown {
    if (this.random() < 0.1) return this.value();
    switch (kind) {
      case 'number':
        return this.pick([
          0,
          -0,
          1,
          0.1,
          -273.15,
          1e21,
          2 ** 53,
          (this.random() - 0.5) * 10 ** Math.floor(this.random() * 40),
        ]);
      case 'text':
        return this.random() < 0.5 ? this.text() : JSON.stringify((this.random() - 0.5) * 1000);
      case 'bool':
        return this.random() < 0.5;
      case 'bytes':
        return new Uint8Array(Array.from({ length: Math.floor(this.random() * 24) }, () => this.random() * 256));
      case 'list':
        return Array.from({ length: Math.floor(this.random() * 6) }, () => this.value(3));
      default:
        return this.value();
    }
  }

  /** A tree like this one with some of its parts replaced, left out or renamed. */
  spoiltTree(tree: unknown): unknown {
    if (this.random() < 0.05) return this.value(3);
    if (Array.isArray(tree)) return tree.map((part) => this.spoiltTree(part));
    if (typeof tree !== 'object' || tree === null) return tree;
    const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [name, part] of Object.entries(tree)) {
      if (this.random() < 0.03) continue;
      out[this.random() < 0.03 ? this.name() : name] = this.spoiltTree(part);
    }
    return out;
  }

  /** Something else made of bytes that were right: cut, flipped, doubled, or with foreign bytes within. */
  spoilt(right: Uint8Array): Uint8Array {
    const bytes = [...right];
    for (let times = 1 + Math.floor(this.random() * 3); times > 0; times--) {
      const at = Math.floor(this.random() * bytes.length);
      const count = 1 + Math.floor(this.random() * 8);
      switch (Math.floor(this.random() * 5)) {
        case 0:
          bytes.length = at;
          break;
        case 1:
          if (bytes.length > 0) bytes[at] = Math.floor(this.random() * 256);
          break;
        case 2:
          bytes.splice(at, count);
          break;
        case 3:
          bytes.splice(at, 0, ...bytes.slice(at, at + count));
          break;
        default:
          bytes.splice(
            at,
            0,
            ...new TextEncoder().encode(
              this.pick(['"', '[', '}', '-', '9999999999', 'null', '\u0000', '<', '&', '水']),
            ),
          );
      }
    }
    return new Uint8Array(bytes);
  }

  /** Bytes that are often nearly right. */
  payload(): Uint8Array {
    const how = this.random();
    if (how < 0.1)
      return new Uint8Array(Array.from({ length: Math.floor(this.random() * 60) }, () => this.random() * 256));
    if (how < 0.25) return bytes(this.text());
    if (how < 0.35) {
      return bytes(
        this.pick([
          '<a>',
          '<a b="c">&amp;</a>',
          '<__proto__>1</__proto__>',
          '<?xml version="1.0" encoding="GBK"?><a/>',
          '<!DOCTYPE x>',
          '<a><![CDATA[',
        ]) + this.text(),
      );
    }
    const text = JSON.stringify(this.value()) ?? '';
    if (how < 0.5) return bytes(text.slice(0, Math.floor(this.random() * text.length)));
    if (how < 0.6) return bytes(text.replace('v', '__proto__'));
    return bytes(text);
  }
}
