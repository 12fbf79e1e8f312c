import { type Flag, ORIGINS, type Origin, QUALITIES, type Quality, type ReadingValue } from '@citywall/model';
import type { Row } from '../../state/index.js';

/** How a value came: the part of a row that is the same for thousands of series. */
export interface Mark {
  readonly quality: Quality;
  readonly origin: Origin;
  readonly flags: readonly Flag[];
  /** id of the feed */
  readonly feed: string;
}

/** Every combination of quality, origin, flags and feed that came up, once; series hold its number. */
export class Marks {
  private readonly list: Mark[] = [];
  private readonly numbers = new Map<string, number>();
  /** What the last row was marked with: its neighbours in a batch mostly are the same. */
  private last = { quality: -1, origin: -1, feed: '', number: 0 };

  numberOf(row: Row): number {
    const [, , , , , quality, origin, flags, feed] = row;
    const { last } = this;
    const plain = flags.length === 0;
    if (plain && last.quality === quality && last.origin === origin && last.feed === feed) return last.number;
    const key = `${quality}|${origin}|${flags.join()}|${feed}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.list.length;
      this.list.push({ quality: QUALITIES[quality] ?? 'bad', origin: ORIGINS[origin] ?? 'live', flags, feed });
      this.numbers.set(key, number);
    }
    if (plain) this.last = { quality, origin, feed, number };
    return number;
  }

  get(number: number): Mark {
    return this.list[number] as Mark;
  }
}

/** Texts told apart of one metric, and the longest of them: states are few words that thousands of series share. */
const SHARED_TEXTS = 256;
const LONGEST_SHARED = 64;
const FIRST_CAPACITY = 16;

/**
 * Newest values of one metric, in columns instead of an object each: a new value overwrites numbers in place, so that
 * it leaves nothing behind for the garbage collector. An asset without a value costs 4 bytes, one with a number 40:
 * ```
 * by asset:  slots u32         slot of its value + 1; 0: none
 * by slot:   times f64 × 2     measured and received, Unix ms
 *            numbers f64       the value, where it is a number
 *            others []         the value, where it is a text, a truth or a position; empty while all are numbers
 *            marks u32         number of its `Mark`
 *            versions u32      counts the values it had, so that what was made of one knows when it is outdated
 * ```
 */
export class ValueStore {
  private slots = new Uint32Array(0);
  private count = 0;
  private times = new Float64Array(2 * FIRST_CAPACITY);
  private numbers = new Float64Array(FIRST_CAPACITY);
  private marked = new Uint32Array(FIRST_CAPACITY);
  private versions = new Uint32Array(FIRST_CAPACITY);
  private readonly others: (Exclude<ReadingValue, number> | undefined)[] = [];
  private readonly texts = new Map<string, string>();

  constructor(private readonly marks: Marks) {}

  /**
   * Keeps a row's value as the newest of the asset. False: it is measured before the kept one, and nothing changed.
   * @param value in place of the row's own: a personal one is masked before
   */
  put(index: number, row: Row, value: ReadingValue = row[2]): boolean {
    let slot = this.slotOf(index);
    if (slot < 0) slot = this.open(index);
    else if (row[3] < (this.times[2 * slot] as number)) return false;
    this.times[2 * slot] = row[3];
    this.times[2 * slot + 1] = row[4];
    this.marked[slot] = this.marks.numberOf(row);
    this.versions[slot] = (this.versions[slot] as number) + 1;
    if (typeof value === 'number') {
      this.numbers[slot] = value;
      if (slot < this.others.length) this.others[slot] = undefined;
    } else this.others[slot] = typeof value === 'string' ? this.shared(value) : value;
    return true;
  }

  has(index: number): boolean {
    return this.slotOf(index) >= 0;
  }

  /** Null: the asset never had one. */
  value(index: number): ReadingValue | null {
    const slot = this.slotOf(index);
    return slot < 0 ? null : (this.others[slot] ?? (this.numbers[slot] as number));
  }

  /** Measured, Unix ms; 0: never. */
  at(index: number): number {
    const slot = this.slotOf(index);
    return slot < 0 ? 0 : (this.times[2 * slot] as number);
  }

  /** Unix ms; 0: never. */
  receivedAt(index: number): number {
    const slot = this.slotOf(index);
    return slot < 0 ? 0 : (this.times[2 * slot + 1] as number);
  }

  mark(index: number): Mark | undefined {
    const slot = this.slotOf(index);
    return slot < 0 ? undefined : this.marks.get(this.marked[slot] as number);
  }

  /** Another one with every new value; 0: there is none. */
  version(index: number): number {
    const slot = this.slotOf(index);
    return slot < 0 ? 0 : (this.versions[slot] as number);
  }

  private slotOf(index: number): number {
    return (this.slots[index] ?? 0) - 1;
  }

  private open(index: number): number {
    if (index >= this.slots.length) this.slots = grown(this.slots, index + 1);
    const slot = this.count++;
    if (slot >= this.numbers.length) {
      this.numbers = grown(this.numbers, this.count);
      this.times = grown(this.times, 2 * this.numbers.length);
      this.marked = grown(this.marked, this.numbers.length);
      this.versions = grown(this.versions, this.numbers.length);
    }
    this.slots[index] = slot + 1;
    return slot;
  }

  private shared(text: string): string {
    if (text.length > LONGEST_SHARED) return text;
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    if (this.texts.size < SHARED_TEXTS) this.texts.set(text, text);
    return text;
  }
}

/** The same numbers with room for at least so many: a half more than there was, so that growing costs little in all. */
export function grown<List extends Float64Array | Uint32Array>(list: List, least: number): List {
  const size = Math.max(least, FIRST_CAPACITY, Math.ceil(list.length * 1.5));
  const more = (list instanceof Float64Array ? new Float64Array(size) : new Uint32Array(size)) as List;
  more.set(list);
  return more;
}
