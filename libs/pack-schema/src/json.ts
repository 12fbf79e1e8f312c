import type { Places } from './places.js';
import type { Spot } from './problem.js';

const MAX_DEPTH = 60;
/** keys that must never reach an object are left to the YAML reader, which has the words for it */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The text is not plain JSON; whoever asked reads it as YAML and gets its words for what is wrong. */
class NotJson extends Error {}

/**
 * Reads JSON as `readYaml` would, marked in `places`, some fifty times quicker: a site may declare ten thousand assets.
 * Undefined for whatever is not plain, correct JSON without duplicate keys.
 */
export function readJson(text: string, file: string, places: Places): { value: unknown } | undefined {
  try {
    return { value: new JsonReader(text, file, places).read() };
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class JsonReader {
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly places: Places,
  ) {}

  read(): unknown {
    this.#space();
    const value = this.#value(this.#spot(), 0);
    this.#space();
    if (this.#at < this.text.length) throw new NotJson();
    return value;
  }

  #value(spot: Spot, depth: number): unknown {
    if (depth > MAX_DEPTH) throw new NotJson();
    switch (this.text[this.#at]) {
      case '{':
        return this.#map(spot, depth);
      case '[':
        return this.#list(spot, depth);
      case '"':
        return this.#string();
      default:
        return this.#plain();
    }
  }

  #map(spot: Spot, depth: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.places.open(map, spot);
    this.#at += 1;
    this.#space();
    if (this.#take('}')) return map;
    for (;;) {
      const keySpot = this.#spot();
      if (this.text[this.#at] !== '"') throw new NotJson();
      const key = this.#string();
      if (FORBIDDEN.has(key) || Object.hasOwn(map, key)) throw new NotJson();
      this.#space();
      if (!this.#take(':')) throw new NotJson();
      this.#space();
      const valueSpot = this.#spot();
      this.places.mark(map, key, keySpot, valueSpot);
      map[key] = this.#value(valueSpot, depth + 1);
      this.#space();
      if (this.#take('}')) return map;
      if (!this.#take(',')) throw new NotJson();
      this.#space();
    }
  }

  #list(spot: Spot, depth: number): unknown[] {
    const list: unknown[] = [];
    this.places.open(list, spot);
    this.#at += 1;
    this.#space();
    if (this.#take(']')) return list;
    for (;;) {
      const itemSpot = this.#spot();
      this.places.mark(list, list.length, itemSpot, itemSpot);
      list.push(this.#value(itemSpot, depth + 1));
      this.#space();
      if (this.#take(']')) return list;
      if (!this.#take(',')) throw new NotJson();
      this.#space();
    }
  }

  #string(): string {
    let end = this.#at + 1;
    while (this.text[end] !== '"') {
      if (end >= this.text.length) throw new NotJson();
      end += this.text[end] === '\\' ? 2 : 1;
    }
    const raw = this.text.slice(this.#at, end + 1);
    this.#at = end + 1;
    try {
      return JSON.parse(raw) as string;
    } catch {
      throw new NotJson();
    }
  }

  #plain(): unknown {
    for (const [word, value] of LITERALS) {
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.text);
    if (match === null) throw new NotJson();
    this.#at += match[0].length;
    return Number(match[0]);
  }

  #take(sign: string): boolean {
    if (this.text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    for (;;) {
      const sign = this.text[this.#at];
      if (sign === '\n') {
        this.#line += 1;
        this.#lineStart = this.#at + 1;
      } else if (sign !== ' ' && sign !== '\t' && sign !== '\r') return;
      this.#at += 1;
    }
  }

  #spot(): Spot {
    return { file: this.file, line: this.#line, col: this.#at - this.#lineStart + 1 };
  }
}
