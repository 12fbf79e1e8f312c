import type { NoticeReason } from '@citywall/model';
import type { NoticesService } from '../notices/notices.service.js';
import { type DurabilityPromise, durabilityOf } from './durability.js';

/** Conditions under which this process should get no traffic and no trust. */
const NOT_READY: readonly NoticeReason[] = ['redis-gone', 'redis-refuses', 'broker-gone'];

export interface ReadinessReason {
  /** a notice's reason, or `stopping`, `no-packs` */
  reason: NoticeReason | 'stopping' | 'no-packs';
  detail: string;
}

export interface Readiness {
  ready: boolean;
  reasons: ReadinessReason[];
  /** what this Redis promises for what was acknowledged */
  durability: DurabilityPromise;
}

export interface ReadinessProbe {
  write(): Promise<void>;
  settings(): Promise<Record<string, string> | null>;
}

/** A probe waits at most so long for Redis, ms: a stopped Redis does not answer at all. */
const PROBE_TIMEOUT = 2_000;
/** Settings of Redis are asked for again after this, ms. */
const SETTINGS_FOR = 60_000;

/** Is the house in order: Redis takes writes, brokers are connected, there are packs? */
export class ReadinessService {
  private stopping = false;
  private promise: { at: number; value: DurabilityPromise } | undefined;

  constructor(
    private readonly probe: ReadinessProbe,
    private readonly notices: NoticesService,
    /** number of systems that run now */
    private readonly systems: () => number,
    private readonly now: () => number = Date.now,
    private readonly timeout: number = PROBE_TIMEOUT,
  ) {}

  /** From now on not ready: a load balancer sends nobody any more. */
  stop(): void {
    this.stopping = true;
  }

  async check(): Promise<Readiness> {
    const reasons: ReadinessReason[] = [];
    if (this.stopping) reasons.push({ reason: 'stopping', detail: 'the server is shutting down' });
    if (this.systems() === 0) reasons.push({ reason: 'no-packs', detail: 'no valid pack of a system is loaded' });
    for (const notice of this.notices.all()) {
      if (NOT_READY.includes(notice.reason)) reasons.push({ reason: notice.reason, detail: notice.text.en });
    }
    const failure = await this.within(this.probe.write()).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (failure !== null && !reasons.some(({ reason }) => reason === 'redis-gone' || reason === 'redis-refuses')) {
      const refuses = /^(MISCONF|OOM|READONLY|NOREPLICAS|LOADING)\b/.test(failure);
      reasons.push({ reason: refuses ? 'redis-refuses' : 'redis-gone', detail: failure });
    }
    const durability = failure === null ? await this.durability() : durabilityOf(null);
    return { ready: reasons.length === 0, reasons, durability };
  }

  private async durability(): Promise<DurabilityPromise> {
    const now = this.now();
    if (this.promise && now - this.promise.at < SETTINGS_FOR) return this.promise.value;
    const value = await this.within(this.probe.settings()).then(durabilityOf, () => durabilityOf(null));
    if (value.durability !== 'unknown') this.promise = { at: now, value };
    return value;
  }

  private async within<Value>(work: Promise<Value>): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`Redis did not answer in ${this.timeout} ms`)), this.timeout);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
