import { explainFeeds } from '@citywall/mapping';
import type { ReadingValue } from '@citywall/model';
import type { Pack, Problem as PackProblem } from '@citywall/pack-schema';
import type { z } from 'zod';
import { Problem } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import type { explainBody, explanation, trial, tryBody } from '../api/schemas/inspector.js';
import type { InboundMessage } from '../feeds/inbound.js';
import { compileOptions, compilePack } from '../packs/compile.js';
import { RateCheck } from '../readings/checks.js';
import type { Draft } from '../readings/draft.js';
import type { RecentMessagesRepository, StateRepository } from '../state/index.js';
import { asInbound, draftOf, onePack } from './one-pack.js';
import type { SiteFeedsRepository } from './site-feeds.repository.js';

type State = Pick<StateRepository, 'rejections'>;
type Trial = z.input<typeof trial>;
type Tally = Trial['before'];

const CHANGES_TOLD = 50;
const REJECTIONS_TOLD = 20;
const RECENT = 20;
/** Rejections that are read at once while messages are collected. */
const AT_ONCE = 100;

/** What a mapping makes of messages, as it is and as it might be. Touches nothing. */
export class TrialService {
  constructor(
    private readonly packs: { get(id: string): Pack | undefined },
    private readonly state: State,
    private readonly recent: Pick<RecentMessagesRepository, 'newest'>,
    private readonly texts: Pick<SiteFeedsRepository, 'parse'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws Problem `invalid-parameter`; `forbidden` for a changed text of somebody to whom personal values are masked */
  async explain(body: z.output<typeof explainBody>, unmasked: boolean): Promise<z.input<typeof explanation>> {
    const running = this.pack(body.system);
    if (body.feeds !== undefined && !unmasked) {
      throw new Problem('forbidden', 'only somebody who sees personal values may try a changed mapping');
    }
    const { pack, problems } = await this.changed(running, body.feeds);
    const nothing = { problems, steps: [], readings: [], occurrences: [], rejections: [] };
    if (!pack) return nothing;
    const message = asInbound({
      topic: body.topic,
      payload: Buffer.from(body.payload, 'base64'),
      receivedAt: body.receivedAt ?? this.now(),
      retained: body.retained ?? false,
      origin: 'live',
    });
    const { steps } = explainFeeds(pack.feeds, compileOptions(pack), message);
    const draft = draftOf(onePack(pack, compilePack(pack)), pack, message, new RateCheck());
    return {
      ...nothing,
      steps: steps.map(({ feed, depth, text, failed }) => ({
        ...(feed === undefined ? {} : { feed }),
        depth,
        text,
        failed: failed ?? false,
      })),
      readings: (draft?.readings ?? []).map(({ feed, typeKey, metric, value, at, quality, flags }) => ({
        feed,
        asset: `${pack.id}/${typeKey}`,
        metric,
        value,
        at: iso(at),
        quality,
        flags: [...flags],
      })),
      occurrences: (draft?.occurrences ?? []).map(({ feed, occurrence: { id, type, status, at } }) => ({
        feed,
        id,
        type,
        status,
        at: iso(at),
      })),
      rejections: (draft?.rejections ?? []).flatMap(({ feed, rejections }) =>
        rejections.map((each) => ({ feed, ...each })),
      ),
    };
  }

  /** @throws Problem `invalid-parameter` */
  async try(body: z.output<typeof tryBody>): Promise<Trial> {
    const running = this.pack(body.system);
    const { pack, problems } = await this.changed(running, body.feeds);
    const none = { mapped: 0, readings: 0, occurrences: 0, rejected: 0 };
    const outcome: Trial = {
      problems,
      messages: 0,
      truncated: 0,
      before: { ...none },
      after: { ...none },
      changed: 0,
      changes: [],
      rejections: [],
    };
    if (!pack) return outcome;
    const [was, willBe] = [running, pack].map((each) => ({
      pack: each,
      source: onePack(each, compilePack(each)),
      rates: new RateCheck(),
    }));
    if (!was || !willBe) return outcome;
    const messages = await this.messages(running, body);
    // Oldest first, as they came: rates of change depend on it.
    for (const { message, truncated } of messages.reverse()) {
      if (truncated) {
        outcome.truncated++;
        continue;
      }
      outcome.messages++;
      const before = draftOf(was.source, was.pack, message, was.rates);
      const after = draftOf(willBe.source, willBe.pack, message, willBe.rates);
      count(outcome.before, before);
      count(outcome.after, after);
      compare(outcome, pack.id, message.topic, before, after);
      for (const { feed, rejections } of after?.rejections ?? []) {
        for (const each of rejections) {
          if (outcome.rejections.length < REJECTIONS_TOLD) {
            outcome.rejections.push({ ...each, feed, topic: message.topic });
          }
        }
      }
    }
    return outcome;
  }

  private pack(system: string): Pack {
    const pack = this.packs.get(system);
    if (pack?.kind === 'system') return pack;
    throw new Problem('invalid-parameter', 'body: system', {
      parameters: [{ name: 'system', in: 'body', detail: 'no pack describes this system' }],
    });
  }

  private async changed(running: Pack, feeds: string | undefined): Promise<{ pack?: Pack; problems: PackProblem[] }> {
    if (feeds === undefined) return { pack: running, problems: [] };
    const { pack, problems } = await this.texts.parse(running.id, feeds);
    return pack && problems.length === 0 ? { pack, problems: [] } : { problems };
  }

  /** Newest first. */
  private async messages(
    pack: Pack,
    { source, feed, limit }: z.output<typeof tryBody>,
  ): Promise<{ message: InboundMessage; truncated: boolean }[]> {
    const found = new Map<string, { message: InboundMessage; truncated: boolean }>();
    if (source === 'recent') {
      const feeds = feed === undefined ? pack.feeds.map(({ id }) => id) : [feed];
      for (const list of await Promise.all(feeds.map((id) => this.recent.newest(pack.id, id, RECENT)))) {
        for (const each of list) {
          // Several feeds may have heard the same message.
          const key = `${each.receivedAt} ${each.topic} ${each.payload.length}`;
          found.set(key, { message: asInbound(each), truncated: each.truncated });
        }
      }
      return [...found.values()].sort((a, b) => b.message.receivedAt - a.message.receivedAt).slice(0, limit);
    }
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<State['rejections']>> = await this.state.rejections({
        systems: [pack.id],
        ...(feed === undefined ? {} : { feed }),
        limit: AT_ONCE,
        ...(cursor === null ? {} : { cursor }),
      });
      for (const { topic, payload, receivedAt, truncated } of page.items) {
        const key = `${receivedAt} ${topic} ${payload.length}`;
        if (found.has(key) || found.size >= limit) continue;
        const message = { topic, payload: Buffer.from(payload, 'base64'), receivedAt, retained: false };
        found.set(key, { message: asInbound({ ...message, origin: 'live' }), truncated });
      }
      cursor = page.next;
    } while (cursor !== null && found.size < limit);
    return [...found.values()];
  }
}

function count(tally: Tally, draft: Draft | null): void {
  if (draft === null || draft.rejections.length > 0) tally.rejected++;
  else tally.mapped++;
  tally.readings += draft?.readings.length ?? 0;
  tally.occurrences += draft?.occurrences.length ?? 0;
}

/** Readings of one message by series and their order in it. */
function bySeries(
  draft: Draft | null,
): Map<string, { asset: string; metric: string; value: ReadingValue; at: number }> {
  const found = new Map<string, { asset: string; metric: string; value: ReadingValue; at: number }>();
  const seen = new Map<string, number>();
  for (const { typeKey, metric, value, at } of draft?.readings ?? []) {
    const series = `${typeKey}|${metric}`;
    const nth = seen.get(series) ?? 0;
    seen.set(series, nth + 1);
    found.set(`${series}|${nth}`, { asset: typeKey, metric, value, at });
  }
  return found;
}

function compare(outcome: Trial, system: string, topic: string, before: Draft | null, after: Draft | null): void {
  const [was, willBe] = [bySeries(before), bySeries(after)];
  for (const key of new Set([...was.keys(), ...willBe.keys()])) {
    const [a, b] = [was.get(key), willBe.get(key)];
    if (a && b && a.at === b.at && JSON.stringify(a.value) === JSON.stringify(b.value)) continue;
    outcome.changed++;
    const one = a ?? b;
    if (!one || outcome.changes.length >= CHANGES_TOLD) continue;
    outcome.changes.push({
      topic,
      asset: `${system}/${one.asset}`,
      metric: one.metric,
      before: a?.value ?? null,
      after: b?.value ?? null,
      atBefore: a ? iso(a.at) : null,
      atAfter: b ? iso(b.at) : null,
    });
  }
}
