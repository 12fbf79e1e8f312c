/**
 * A bounded memory of what is costly to find again. The young generation takes what is new; when it is full it becomes the
 * old one and the old one is forgotten: no order of use has to be kept, and nothing is ever swept.
 */
export class TwoGenerations<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();

  /** @param capacity entries of one generation */
  constructor(private readonly capacity: number) {}

  get(key: string): Value | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  set(key: string, value: Value): void {
    if (this.young.size >= this.capacity) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  get size(): number {
    return this.young.size + this.old.size;
  }
}
