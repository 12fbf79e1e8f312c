/** Addresses remembered at most; beyond, the one seen longest ago is forgotten. */
const MAX_KEYS = 20_000;

/**
 * A token bucket a key: `limit` at once, refilled evenly over `per` ms. Memory is bounded whatever the number of keys.
 */
export class RateLimit {
  /** in the order of last use */
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(
    private readonly limit: number,
    private readonly per: number,
    private readonly now: () => number = Date.now,
    private readonly maxKeys: number = MAX_KEYS,
  ) {}

  /** Takes one; returns 0 when it was there, else the ms until there is one. */
  take(key: string): number {
    const now = this.now();
    const known = this.buckets.get(key);
    const refilled = known ? known.tokens + (Math.max(0, now - known.at) * this.limit) / this.per : this.limit;
    const tokens = Math.min(this.limit, refilled);
    const wait = tokens >= 1 ? 0 : ((1 - tokens) * this.per) / this.limit;
    this.buckets.delete(key);
    this.buckets.set(key, { tokens: wait === 0 ? tokens - 1 : tokens, at: now });
    if (this.buckets.size > this.maxKeys) {
      const oldest = this.buckets.keys().next();
      if (!oldest.done) this.buckets.delete(oldest.value);
    }
    return wait;
  }
}

/** IPv4 as it is, IPv6 by its /64, which is one customer's. */
export function addressKey(address: string): string {
  const plain = address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
