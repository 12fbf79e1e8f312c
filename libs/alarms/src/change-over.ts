/** Most values remembered a series: a change over a day is reckoned to within 24 minutes. */
const POINTS = 60;

/**
 * The change of a value over a time: the newest value minus the one that long before, or the oldest known where none is
 * that old. Values come in the order of their time; between `per / 60` only the first is kept.
 */
export class ChangeOver {
  private readonly times: number[] = [];
  private readonly values: number[] = [];

  /** @param per ms */
  constructor(private readonly per: number) {}

  /** Takes a value and tells the change up to it. */
  take(at: number, value: number): number {
    while (this.times.length > 1 && (this.times[1] as number) <= at - this.per) {
      this.times.shift();
      this.values.shift();
    }
    // after a silence the value from before it says nothing about the last `per`
    if ((this.times[0] ?? at) < at - 2 * this.per) {
      this.times.shift();
      this.values.shift();
    }
    const last = this.times.at(-1);
    if (last === undefined || at - last >= this.per / POINTS) {
      this.times.push(at);
      this.values.push(value);
    }
    return value - (this.values[0] as number);
  }
}
