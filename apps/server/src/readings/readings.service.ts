import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import type { InboundMessage } from '../feeds/inbound.js';
import { RedisHealth } from '../infra/redis-health.js';
import { NoticesService, noticeId } from '../notices/notices.service.js';
import { Meters } from '../ops/meters.js';
import { PacksService } from '../packs/index.js';
import { ScoreKeeper } from '../scorecards/score-keeper.service.js';
import { type ApplyResult, RecentMessagesRepository, StateRepository } from '../state/index.js';
import { RateCheck } from './checks.js';
import { Committer } from './committer.js';
import { DecoderKeeper } from './decoder-keeper.service.js';
import { type Draft, Drafter, type Scope } from './draft.js';
import { type FeedFacts, feedFacts } from './feed-facts.js';
import { Lane } from './lane.js';
import { type SilenceChange, SilenceWatch } from './silence.js';
import { Tap } from './tap.js';

const LOOK_EVERY_MS = 1_000;
/** Shedding and asset limits count as over after so long without another one. */
const CALM_AFTER_MS = 60_000;

/**
 * Messages become readings become state. One lane a connection; what a feed brought, gave up or failed to bring is
 * counted and said.
 */
@Injectable()
export class ReadingsService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ReadingsService.name);
  private readonly rates = new RateCheck();
  private readonly silence = new SilenceWatch();
  // A sample for people who look: when Redis does not take it, nobody waits for it and the next one comes.
  private readonly tap = new Tap(
    (system, feed, message) => void this.recent.keep(system, feed, message).catch(() => {}),
  );
  private readonly lanes = new Map<string, { lane: Lane; scope: Scope }>();
  /** notice id → Unix ms of the last time it was raised, for those that end by calm */
  private readonly calming = new Map<string, number>();
  /** broker → Unix ms since it is connected */
  private readonly connectedSince = new Map<string, number>();
  private upSince = Date.now();
  private subscriptions: Subscription[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly packs: PacksService,
    private readonly state: StateRepository,
    private readonly health: RedisHealth,
    private readonly notices: NoticesService,
    private readonly meters: Meters,
    private readonly recent: RecentMessagesRepository,
    private readonly scores: ScoreKeeper,
    private readonly decoders: DecoderKeeper,
  ) {}

  onModuleInit(): void {
    this.subscriptions = [
      this.packs.changes$.subscribe(() => this.watchFeeds()),
      this.health.changes$.subscribe(({ state, since }) => {
        if (state === 'up') this.upSince = since;
      }),
    ];
    this.watchFeeds();
    this.timer = setInterval(() => this.look(Date.now()), LOOK_EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    for (const subscription of this.subscriptions) subscription.unsubscribe();
  }

  /**
   * Opens the way for a connection's messages.
   * @param durable gets them back, in order, as soon as they may be acknowledged
   */
  open(id: string, scope: Scope, durable: (messages: InboundMessage[]) => void): Lane {
    const lane: Lane = new Lane(
      id,
      new Drafter(this.packs, scope, this.rates, this.tap),
      new Committer(this.state, this.health, this.decoders),
      {
        durable,
        applied: (draft, result) => this.applied(draft, result),
        shed: (count) => this.shed(scope, count),
        batch: (messages, seconds) => {
          this.meters.batchSize.observe(messages);
          this.meters.batchSeconds.observe(seconds);
        },
      },
      (topic) => this.systemsOf(topic),
    );
    this.lanes.set(id, { lane, scope });
    return lane;
  }

  /** Takes nothing more from a connection; resolves when what it brought is durable. */
  async close(id: string): Promise<void> {
    const entry = this.lanes.get(id);
    this.lanes.delete(id);
    await entry?.lane.stop();
  }

  /** A broker's silence is no feed's silence: said by the feeds, Unix ms; null while it is gone. */
  connected(broker: string, since: number | null): void {
    if (since === null) this.connectedSince.delete(broker);
    else this.connectedSince.set(broker, since);
  }

  private systemsOf(topic: string): string[] {
    return this.packs
      .all()
      .filter(({ id }) => this.packs.compiled(id)?.match(topic))
      .map(({ id }) => id);
  }

  private applied(draft: Draft, result: ApplyResult): void {
    const { system } = draft;
    this.scores.applied(draft, result);
    for (const { feed, messages, lastAt } of draft.feeds.values()) {
      this.meters.messages.inc({ system, feed }, messages);
      this.silence.heard(system, feed, lastAt);
    }
    for (const [feed, { accepted, duplicates, occurrences }] of result.feeds) {
      if (accepted) this.meters.readings.inc({ system, feed }, accepted);
      if (duplicates) this.meters.duplicates.inc({ system, feed }, duplicates);
      if (occurrences) this.meters.occurrences.inc({ system, feed }, occurrences);
    }
    for (const { feed, rejections } of draft.rejections) {
      for (const { reason } of rejections) this.meters.rejections.inc({ system, feed, reason });
    }
    for (const feed of new Set(result.refused.map((refused) => refused.feed))) {
      this.raiseUntilCalm(
        'asset-limit',
        `${system}/${feed}`,
        {
          zh: `数据源 ${system}/${feed} 上报的对象超过上限，多出的被拒收`,
          en: `Feed ${system}/${feed} brings more assets than it may; those beyond the limit are rejected`,
        },
        system,
      );
    }
  }

  private shed({ broker, priority }: Scope, count: number): void {
    this.meters.shed.inc({ broker }, count);
    this.raiseUntilCalm('feed-shedding', `${broker}/${priority}`, {
      zh: `消息过多：来自 ${broker} 的 QoS 0 消息正被丢弃（最旧的先丢）`,
      en: `Too many messages: QoS 0 messages from ${broker} are being dropped, the oldest first`,
    });
  }

  /** Raised at most once a second: one condition, not one a message. */
  private raiseUntilCalm(
    reason: 'asset-limit' | 'feed-shedding',
    subject: string,
    text: { zh: string; en: string },
    system?: string,
  ): void {
    const id = noticeId(reason, subject);
    const now = Date.now();
    if (now - (this.calming.get(id) ?? 0) < LOOK_EVERY_MS) return;
    this.calming.set(id, now);
    this.notices.raise(reason, { subject, text, ...(system === undefined ? {} : { system }) }, now);
  }

  private watchFeeds(): void {
    const facts = this.packs.all().flatMap((pack) => [...feedFacts(pack).values()]);
    for (const change of this.silence.watch(facts)) this.tellSilence(change);
  }

  private look(now: number): void {
    for (const priority of ['normal', 'high']) {
      let waiting = 0;
      for (const { lane, scope } of this.lanes.values()) if (scope.priority === priority) waiting += lane.length;
      this.meters.queue.set({ priority }, waiting);
    }
    for (const [id, at] of this.calming) {
      if (now - at < CALM_AFTER_MS) continue;
      this.calming.delete(id);
      this.notices.clear(id);
    }
    for (const change of this.silence.check(now, (facts) => this.listeningSince(facts))) this.tellSilence(change);
    this.scores.look(now, (facts) => this.listeningSince(facts));
  }

  private listeningSince({ broker }: FeedFacts): number | null {
    const since = this.connectedSince.get(broker);
    return since === undefined || !this.health.up ? null : Math.max(since, this.upSince);
  }

  private tellSilence({ facts, silent, lastAt }: SilenceChange): void {
    const subject = `${facts.system}/${facts.feed}`;
    if (!silent) {
      this.notices.clear(noticeId('feed-silent', subject));
      return;
    }
    this.logger.warn(`feed ${subject} is silent${lastAt ? ` since ${new Date(lastAt).toISOString()}` : ''}`);
    const seconds = Math.round((facts.expect ?? 0) / 1000);
    this.notices.raise('feed-silent', {
      subject,
      system: facts.system,
      text: {
        zh: `数据源 ${subject} 静默：应每 ${seconds} 秒内有消息`,
        en: `Feed ${subject} is silent: a message is expected every ${seconds} s`,
      },
    });
  }
}
