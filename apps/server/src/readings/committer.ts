import type { LastingChange } from '@citywall/mapping';
import type { RejectionReason } from '@citywall/model';
import { Logger } from '@nestjs/common';
import { filter, firstValueFrom, Subject, skip, takeUntil } from 'rxjs';
import type { InboundMessage } from '../feeds/inbound.js';
import { type RedisHealth, refusesWrites } from '../infra/redis-health.js';
import type { ApplyResult, BatchReading, Delivery, StateBatch, StateRepository } from '../state/index.js';
import { type Draft, rejection } from './draft.js';
import { readingMarks } from './reading-mark.js';

const RETRY_MS = { first: 50, most: 2_000 };
/** Redis answers, but not because something is wrong with what we sent. */
const PASSING = /^(LOADING|BUSY|CLUSTERDOWN|TRYAGAIN|MASTERDOWN|NOSCRIPT|NOAUTH|WRONGPASS|NOPERM|EXECABORT)\b/;
/** The connection failed, not the command. */
const CONNECTION = /closed|writeable|ECONN|EPIPE|ENOENT|max retries|timed out|Socket|ended/i;

/** Redis does not take it for reasons of its own, which pass. */
export function passes(error: unknown): boolean {
  return (
    error instanceof Error && (refusesWrites(error) || PASSING.test(error.message) || CONNECTION.test(error.message))
  );
}

/** Keeps what decoders remember beyond a restart; `DecoderKeeper` is one. */
export interface LastingMemory {
  keep(system: string, changes: readonly LastingChange[]): Promise<void>;
}

/** The server stops while Redis does not take a batch: its messages stay unacknowledged and come again. */
export class Stopped extends Error {
  constructor() {
    super('stopped before the batch was durable');
    this.name = 'Stopped';
  }
}

/** How a lane writes. */
export interface Writing {
  writer: string;
  run: string;
  /** number of the next call: grows by one */
  next(): number;
  /** Redis did not take it; it is tried again, for ever */
  onTrouble(): void;
}

export interface Committed {
  draft: Draft;
  result: ApplyResult;
}

/**
 * Gets drafts into state, for as long as it takes. Redis gone or refusing: tried again with growing pauses until it
 * works, and at once when the connection is back. Redis refusing *this* batch (a defect of ours): its messages are tried
 * one by one, and one that is refused alone becomes a rejection `internal`, because it must not stop all others.
 */
export class Committer {
  private readonly logger = new Logger(Committer.name);
  private readonly stopped = new Subject<void>();
  private stopping = false;

  constructor(
    private readonly state: StateRepository,
    private readonly health: RedisHealth,
    private readonly decoders: LastingMemory,
  ) {}

  /** From now on nothing is tried again. */
  stop(): void {
    this.stopping = true;
    this.stopped.next();
  }

  async commit(draft: Draft, writing: Writing): Promise<Committed[]> {
    await this.remember(draft, writing);
    const result = await this.applyOrIsolate(draft, writing);
    const committed: Committed[] = [{ draft, result }];
    if (result.refused.length) {
      const late = refusals(draft, result);
      committed.push({ draft: late, result: await this.applyOrIsolate(late, writing) });
    }
    return committed;
  }

  /**
   * Before the readings: a message that is in state is not mapped when it comes again, so what it taught must be kept
   * already. What Redis refuses of it must not stop the readings.
   */
  private async remember({ system, lasting }: Draft, { onTrouble }: Writing): Promise<void> {
    if (!lasting.length) return;
    try {
      await this.forEver(() => this.decoders.keep(system, lasting), onTrouble);
    } catch (error) {
      if (error instanceof Stopped) throw error;
      this.logger.error(
        `what decoders of ${system} learned is not kept: ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  /** Which redelivered messages are in state already; where that can't be told, none is. */
  async seen(system: string, writer: string, deliveries: Delivery[], onTrouble: () => void): Promise<boolean[]> {
    try {
      return await this.forEver(() => this.state.seen(system, writer, deliveries), onTrouble);
    } catch (error) {
      if (error instanceof Stopped) throw error;
      this.logger.error(`redeliveries of ${writer} can't be told: ${error instanceof Error ? error.message : error}`);
      return deliveries.map(() => false);
    }
  }

  /** Repeats what Redis does not take for reasons of its own. Throws what is a defect, and `Stopped`. */
  private async forEver<Value>(work: () => Promise<Value>, onTrouble: () => void): Promise<Value> {
    for (let attempt = 0; ; attempt++) {
      try {
        const value = await work();
        if (attempt > 0 && this.health.now.state === 'refusing') this.health.set('up');
        return value;
      } catch (error) {
        const reason = error instanceof Error ? error : new Error(String(error));
        const refuses = refusesWrites(reason) || reason.name === 'StateFormatError';
        if (!passes(reason) && !refuses) throw reason;
        if (refuses) this.health.set('refusing', reason.message.split(' script:')[0]?.slice(0, 200));
        onTrouble();
        await this.pause(Math.min(RETRY_MS.first * 2 ** Math.min(attempt, 10), RETRY_MS.most));
      }
    }
  }

  private async applyOrIsolate(draft: Draft, writing: Writing): Promise<ApplyResult> {
    const batch = toBatch(draft, writing);
    try {
      return await this.forEver(() => this.state.apply(draft.system, batch), writing.onTrouble);
    } catch (error) {
      if (error instanceof Stopped) throw error;
      const message = error instanceof Error ? error.message : String(error);
      this.logger.error(`a batch of ${draft.system} is refused: ${message}`);
      return this.isolate(draft, writing, message);
    }
  }

  /** Readings one by one: whatever Redis refuses alone is told as a rejection of its message. */
  private async isolate(draft: Draft, writing: Writing, why: string): Promise<ApplyResult> {
    const total = emptyResult();
    const broken = new Map<InboundMessage, { feed: string; reason: RejectionReason; detail: string }>();
    const attempt = async (part: Partial<Draft>): Promise<boolean> => {
      const batch = toBatch({ ...empty(draft.system), ...part }, writing);
      try {
        addTo(total, await this.forEver(() => this.state.apply(draft.system, batch), writing.onTrouble));
        return true;
      } catch (error) {
        if (error instanceof Stopped) throw error;
        return false;
      }
    };
    for (const [place, reading] of draft.readings.entries()) {
      const source = draft.sources[place];
      if (await attempt({ readings: [reading] })) continue;
      if (source) broken.set(source, { feed: reading.feed, reason: 'internal', detail: why.slice(0, 300) });
    }
    for (const occurrence of draft.occurrences) await attempt({ occurrences: [occurrence] });
    const rejections = [...draft.rejections];
    for (const [message, { feed, ...rest }] of broken) rejections.push(rejection(message, feed, [rest]));
    await attempt({ rejections, feeds: draft.feeds, deliveries: draft.deliveries });
    return total;
  }

  private async pause(ms: number): Promise<void> {
    if (this.stopping) throw new Stopped();
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    // The first value is how it is now; only a change is news.
    const up = this.health.changes$.pipe(
      skip(1),
      filter(({ state }) => state === 'up'),
      takeUntil(this.stopped),
    );
    const back = firstValueFrom(up, { defaultValue: null });
    await Promise.race([over, back]);
    clearTimeout(timer);
    if (this.stopping) throw new Stopped();
  }
}

function toBatch(draft: Draft, { writer, run, next }: Writing): StateBatch {
  const { readings, occurrences, rejections, deliveries } = draft;
  const feeds = [...draft.feeds.values()];
  return { now: Date.now(), writer, run, number: next(), readings, occurrences, rejections, feeds, deliveries };
}

function empty(system: string): Draft {
  return {
    system,
    readings: [],
    sources: [],
    occurrences: [],
    rejections: [],
    feeds: new Map(),
    deliveries: [],
    lasting: [],
  };
}

function emptyResult(): ApplyResult {
  return { repeated: false, accepted: 0, duplicates: 0, late: 0, occurrences: 0, feeds: new Map(), refused: [] };
}

function addTo(total: ApplyResult, part: ApplyResult): void {
  for (const name of ['accepted', 'duplicates', 'late', 'occurrences'] as const) total[name] += part[name];
  for (const [feed, outcome] of part.feeds) {
    const sums = total.feeds.get(feed) ?? { accepted: 0, duplicates: 0, late: 0, occurrences: 0 };
    for (const name of ['accepted', 'duplicates', 'late', 'occurrences'] as const) sums[name] += outcome[name];
    total.feeds.set(feed, sums);
  }
  total.refused.push(...part.refused);
}

/** Assets that were too many, told as rejections of the messages that brought them. */
export function refusals(draft: Draft, result: ApplyResult): Draft {
  const limits = new Map(result.refused.map(({ typeKey, limit }) => [typeKey, limit]));
  const byMessage = new Map<InboundMessage, Map<string, string>>();
  const brought = new Map<InboundMessage, BatchReading[]>();
  for (const [place, reading] of draft.readings.entries()) {
    const { typeKey, feed } = reading;
    const source = draft.sources[place];
    if (!source) continue;
    if (!limits.has(typeKey)) {
      brought
        .set(source, brought.get(source) ?? [])
        .get(source)
        ?.push(reading);
      continue;
    }
    const told = byMessage.get(source) ?? new Map<string, string>();
    byMessage.set(source, told.set(typeKey, feed));
  }
  const late = empty(draft.system);
  for (const [message, told] of byMessage) {
    const [feed = ''] = told.values();
    const list = [...told.keys()].map((typeKey) => ({
      reason: 'asset-limit' as const,
      detail:
        limits.get(typeKey) === 'metrics'
          ? `${draft.system}/${typeKey} has as many metrics as an asset may have`
          : `${draft.system}/${typeKey} is one asset more than the feed may bring`,
    }));
    late.rejections.push({ ...rejection(message, feed, list), had: readingMarks(brought.get(message) ?? []) });
  }
  return late;
}
