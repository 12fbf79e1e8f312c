/**
 * What a stateful decoder remembers between messages (births of Sparkplug edge nodes), bounded: above `limit` units what
 * was used longest ago is forgotten.
 */
export class Memory {
  readonly #kept = new Map<string, { value: unknown; units: number }>();
  #units = 0;

  constructor(
    /** units: one for a key, and what the decoder says beyond (an alias is one) */
    readonly limit = 100_000,
    /** most keys */
    readonly keys = 10_000,
  ) {}

  get size(): number {
    return this.#kept.size;
  }

  get units(): number {
    return this.#units;
  }

  get(key: string): unknown {
    const entry = this.#kept.get(key);
    if (!entry) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    return entry.value;
  }

  /** A value larger than the whole limit is not kept. */
  set(key: string, value: unknown, units = 1): void {
    this.delete(key);
    if (units > this.limit) return;
    this.#kept.set(key, { value, units });
    this.#units += units;
    for (const [oldest] of this.#kept) {
      if (this.#units <= this.limit && this.#kept.size <= this.keys) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#kept.get(key);
    if (!entry) return;
    this.#kept.delete(key);
    this.#units -= entry.units;
  }

  /** The same content in a memory of its own: to try something without consequences. Values are never changed in place. */
  copy(): Memory {
    const copy = new Memory(this.limit, this.keys);
    for (const [key, { value, units }] of this.#kept) copy.set(key, value, units);
    return copy;
  }
}

/** Most ways of decoding that are remembered; a reload may bring others. */
const WAYS = 100;

/**
 * The memories of the feeds of one pack, one for each way of decoding. Given again when the feeds are compiled again, a
 * reload forgets nothing.
 */
export class Memories {
  readonly #ways = new Map<string, Memory>();

  of(way: string): Memory {
    const known = this.#ways.get(way);
    if (known) return known;
    const memory = new Memory();
    const [oldest] = this.#ways.keys();
    if (this.#ways.size >= WAYS && oldest !== undefined) this.#ways.delete(oldest);
    this.#ways.set(way, memory);
    return memory;
  }

  /** The same content apart: to try a message without consequences. */
  copy(): Memories {
    const copy = new Memories();
    for (const [way, memory] of this.#ways) copy.#ways.set(way, memory.copy());
    return copy;
  }
}
