/** Most characters of one entry that lasts, and of all that lasts in one memory. */
const LASTING_ENTRY = 1_048_576;
const LASTING = 4 * 1_048_576;

/** What lasted from an earlier run, as the plain data it was kept as: the decoder makes its own of it. */
export class Recalled {
  constructor(readonly plain: unknown) {}
}

/** Something to keep beyond the end of the process, or (null) to forget there. */
export interface LastingChange {
  /** way of decoding */
  way: string;
  key: string;
  /** JSON */
  text: string | null;
}

interface Lasting {
  /** makes plain data of it; null: it is kept as it was recalled */
  plain: (() => unknown) | null;
  /** characters of what is kept, 0 before that */
  size: number;
}

interface Entry {
  value: unknown;
  units: number;
  lasting: Lasting | null;
}

/**
 * What a stateful decoder remembers between messages (births of Sparkplug edge nodes), bounded: above `limit` units what
 * was used longest ago is forgotten. What a decoder marks as lasting is told to whoever keeps it beyond the process, and
 * so is its end.
 */
export class Memory {
  readonly #kept = new Map<string, Entry>();
  /** keys whose lasting part is other than what was told */
  readonly #changed = new Set<string>();
  #units = 0;
  #lasting = 0;

  constructor(
    /** units: one for a key, and what the decoder says beyond (an alias is one) */
    readonly limit = 100_000,
    /** most keys */
    readonly keys = 10_000,
    /** most characters of what lasts; beyond, what was used longest ago does not last */
    readonly lasting = LASTING,
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

  /**
   * A value larger than the whole limit is not kept.
   * @param lasting makes plain data of what shall outlive the process; absent: what lasted of the key until now goes on
   */
  set(key: string, value: unknown, units = 1, lasting?: () => unknown): void {
    if (units > this.limit) {
      this.delete(key);
      return;
    }
    const before = this.#kept.get(key);
    if (before) {
      this.#kept.delete(key);
      this.#units -= before.units;
    }
    const lasts = before?.lasting ?? null;
    this.#kept.set(key, { value, units, lasting: lasting ? { plain: lasting, size: lasts?.size ?? 0 } : lasts });
    if (lasting) this.#changed.add(key);
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
    if (entry.lasting) this.#forget(key, entry, entry.lasting);
  }

  /** Takes back what lasted. What was heard since is newer; what can't be read is forgotten there too. */
  restore(key: string, text: string): void {
    if (this.#kept.has(key) || this.#changed.has(key)) return;
    let plain: unknown;
    try {
      plain = JSON.parse(text);
    } catch {
      this.#changed.add(key);
      return;
    }
    // An alias with its name takes some 20 characters; the decoder says exactly when it looks at it.
    this.set(key, new Recalled(plain), 1 + Math.ceil(text.length / 20));
    const entry = this.#kept.get(key);
    if (!entry) {
      this.#changed.add(key);
      return;
    }
    entry.lasting = { plain: null, size: text.length };
    this.#lasting += text.length;
  }

  /** What became other than it was told the last time: key → JSON, null: to be forgotten. */
  takeLasting(): Map<string, string | null> {
    const changes = new Map<string, string | null>();
    for (const key of this.#changed) {
      const entry = this.#kept.get(key);
      const text = entry?.lasting?.plain ? JSON.stringify(entry.lasting.plain()) : null;
      if (!entry?.lasting || text === null || text.length > LASTING_ENTRY) {
        if (entry?.lasting) this.#forget(key, entry, entry.lasting);
        changes.set(key, null);
        continue;
      }
      this.#lasting += text.length - entry.lasting.size;
      entry.lasting.size = text.length;
      changes.set(key, text);
    }
    for (const [key, entry] of this.#kept) {
      if (this.#lasting <= this.lasting) break;
      if (!entry.lasting) continue;
      this.#forget(key, entry, entry.lasting);
      changes.set(key, null);
    }
    this.#changed.clear();
    return changes;
  }

  /** The same content in a memory of its own: to try something without consequences. Values are never changed in place. */
  copy(): Memory {
    const copy = new Memory(this.limit, this.keys, this.lasting);
    for (const [key, { value, units }] of this.#kept) copy.set(key, value, units);
    return copy;
  }

  #forget(key: string, entry: Entry, { size }: Lasting): void {
    this.#lasting -= size;
    entry.lasting = null;
    this.#changed.add(key);
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

  /** What became other than it was told the last time, of all ways. */
  takeLasting(): LastingChange[] {
    const changes: LastingChange[] = [];
    for (const [way, memory] of this.#ways) {
      for (const [key, text] of memory.takeLasting()) changes.push({ way, key, text });
    }
    return changes;
  }

  /** Takes back what lasted; false where nothing is decoded that way now. */
  restore({ way, key, text }: { way: string; key: string; text: string }): boolean {
    this.#ways.get(way)?.restore(key, text);
    return this.#ways.has(way);
  }

  /** The same content apart: to try a message without consequences. */
  copy(): Memories {
    const copy = new Memories();
    for (const [way, memory] of this.#ways) copy.#ways.set(way, memory.copy());
    return copy;
  }
}
