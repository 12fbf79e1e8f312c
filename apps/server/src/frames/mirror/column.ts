import type { Member } from '@citywall/aggregate';
import type { Metric, ReadingValue } from '@citywall/model';
import type { Row } from '../../state/index.js';
import type { AssetTable } from './asset-table.js';
import { type Mark, type Marks, ValueStore } from './value-store.js';

/** Newest values of one metric of a type, by the index of the asset. */
export class Column {
  private readonly values: ValueStore;
  private readonly watchers = new Set<(index: number) => void>();
  private readonly members: (Member & { version: number })[] = [];

  constructor(
    private readonly table: AssetTable,
    readonly metric: Metric | undefined,
    /** a healthy asset keeps it fresh */
    private readonly expected: boolean,
    /** kind of personal value it is, undefined where it is none */
    readonly pii: string | undefined,
    marks: Marks,
  ) {
    this.values = new ValueStore(marks);
  }

  /**
   * A value measured before the kept one is no news: changes may repeat what a load already brought.
   * @param value in place of the row's own: a personal one is masked before
   */
  put(index: number, row: Row, value?: ReadingValue): void {
    if (!this.values.put(index, row, value)) return;
    for (const watch of this.watchers) watch(index);
  }

  /** Whether the asset ever had a value. */
  has(index: number): boolean {
    return this.values.has(index);
  }

  /** Null: the asset never had one. */
  value(index: number): ReadingValue | null {
    return this.values.value(index);
  }

  /** Measured, Unix ms; 0: never. */
  at(index: number): number {
    return this.values.at(index);
  }

  /** Unix ms; 0: never. */
  receivedAt(index: number): number {
    return this.values.receivedAt(index);
  }

  mark(index: number): Mark | undefined {
    return this.values.mark(index);
  }

  /** Another one with every new value of the asset; 0: there is none. */
  version(index: number): number {
    return this.values.version(index);
  }

  /** Calls after every new value, with the asset's index. Returns the end of it. */
  watch(watcher: (index: number) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Whether coverage of this metric counts the asset. */
  expects(index: number, now: number): boolean {
    return (this.expected || this.has(index)) && this.table.expects(index, now);
  }

  /**
   * Members for the figures: all assets of the type that are in service. The same objects every time, brought up to
   * date: a figure over 10,000 assets ten times a second must not make 100,000 objects.
   */
  current(now: number): Member[] {
    const current: Member[] = [];
    for (let index = 0; index < this.table.size; index++) {
      if (!this.table.inService(index)) continue;
      let member = this.members[index];
      if (member === undefined) {
        member = this.emptyMember(index);
        this.members[index] = member;
      }
      const version = this.values.version(index);
      if (member.version !== version) {
        const mark = this.values.mark(index);
        member.version = version;
        member.value = this.values.value(index);
        member.at = this.values.at(index);
        member.quality = mark?.quality ?? 'bad';
        member.origin = mark?.origin ?? 'live';
      }
      member.expected = this.expects(index, now);
      current.push(member);
    }
    return current;
  }

  private emptyMember(index: number): Member & { version: number } {
    const { id, name, attributes } = this.table.asset(index);
    const staleAfter = this.metric?.staleAfter;
    return {
      asset: id,
      name,
      value: null,
      at: 0,
      quality: 'good',
      origin: 'live',
      ...(staleAfter === undefined ? {} : { staleAfter }),
      expected: false,
      attributes,
      version: 0,
    };
  }
}
