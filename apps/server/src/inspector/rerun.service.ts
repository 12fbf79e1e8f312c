import { randomBytes } from 'node:crypto';
import { type CompiledFeeds, compileFeeds } from '@citywall/mapping';
import type { RejectionReason } from '@citywall/model';
import { Logger } from '@nestjs/common';
import { type Catalogue, feedScope } from '../api/catalogue.js';
import { compileOptions } from '../packs/compile.js';
import { RateCheck } from '../readings/checks.js';
import { refusals } from '../readings/committer.js';
import type { Draft, PackSource } from '../readings/draft.js';
import { markedIn, readingMarks } from '../readings/reading-mark.js';
import { TOLD_REJECTIONS } from '../state/batch-encoder.js';
import type { BatchRejection, QuarantinedMessage, StateBatch, StateRepository } from '../state/index.js';
import { asInbound, draftOf, onePack } from './one-pack.js';
import { parseRejectionId } from './rejection-id.js';

type State = Pick<StateRepository, 'apply' | 'quarantined' | 'quarantinedOne'>;

/** Which messages are to be run again; without anything all. */
export interface RerunSelection {
  system?: string | undefined;
  feed?: string | undefined;
  reason?: RejectionReason | undefined;
  ids?: string[] | undefined;
}

export interface RerunOutcome {
  tried: number;
  mapped: number;
  stillRejected: number;
  truncated: number;
  readings: number;
  occurrences: number;
}

/** Reasons for which no feed took anything of the message. */
const WHOLE: ReadonlySet<RejectionReason> = new Set(['decode', 'no-feed', 'too-large', 'too-deep', 'internal']);
/** Turns up beside the MQTT sessions among the writers of state. */
const WRITER = 'rerun';

/**
 * Runs messages in quarantine again with the pack of now, as they were received.
 *
 * It runs where it was asked for, in the role `api`, and not in the role `ingest`: mapping is pure, the stage that makes
 * drafts needs nothing but packs, and everything that must not happen twice is decided in one place both roles share,
 * the Lua call into state. A request handed through Redis would add a queue, an answer that gets lost and a time limit,
 * and would hold up live messages in the one process that must keep up.
 *
 * Exactly once: a kept message carries marks of the readings it had brought when it came, which are left out here; what is
 * new goes in with the very call that takes the message out of the quarantine. Whoever comes second (another seat, a
 * re-run after a crash) finds it gone, and nothing happens.
 */
export class RerunService {
  private readonly log = new Logger('Rerun');
  private readonly rates = new RateCheck();

  constructor(
    private readonly packs: Catalogue & PackSource,
    private readonly state: State,
    private readonly now: () => number = Date.now,
  ) {}

  /** Oldest first, one message a call. @throws what state throws when Redis is gone: what was done until then is done */
  async rerun(selection: RerunSelection): Promise<RerunOutcome> {
    const outcome = { tried: 0, mapped: 0, stillRejected: 0, truncated: 0, readings: 0, occurrences: 0 };
    const run = randomBytes(8).toString('hex');
    let number = 0;
    const apart = this.apart();
    for await (const message of this.selected(selection)) {
      if (message.truncated) outcome.truncated++;
      else await this.again(message, apart(message.system), outcome, run, () => ++number);
    }
    const { tried, mapped, readings } = outcome;
    this.log.log(`${tried} rejected messages were run again: ${mapped} are mapped now, ${readings} new readings`);
    return outcome;
  }

  private async *selected({ system, feed, reason, ids }: RerunSelection): AsyncGenerator<QuarantinedMessage> {
    const scope = feedScope(this.packs, system, feed);
    const wanted = (message: QuarantinedMessage) =>
      (scope.feed === undefined || message.feed === scope.feed) &&
      (reason === undefined || message.rejections.some((told) => told.reason === reason));
    if (ids === undefined) {
      for (const id of scope.systems) {
        for await (const message of this.state.quarantined(id)) if (wanted(message)) yield message;
      }
      return;
    }
    const places = new Map<string, { system: string; entry: string }>();
    for (const place of ids.map(parseRejectionId)) {
      if (place && scope.systems.includes(place.system)) places.set(`${place.system} ${place.entry}`, place);
    }
    for (const place of places.values()) {
      const message = await this.state.quarantinedOne(place.system, place.entry);
      if (message && wanted(message)) yield message;
    }
  }

  /**
   * The feeds of each system as they are now, with what their decoders remember apart: an old birth must not replace what
   * the live messages go by.
   */
  private apart(): (system: string) => CompiledFeeds | undefined {
    const feeds = new Map<string, CompiledFeeds>();
    return (system) => {
      const pack = this.packs.get(system);
      const running = this.packs.compiled(system);
      if (!feeds.has(system) && pack && running) {
        feeds.set(system, compileFeeds(pack.feeds, { ...compileOptions(pack), memory: running.memory.copy() }));
      }
      return feeds.get(system);
    };
  }

  private async again(
    message: QuarantinedMessage,
    compiled: CompiledFeeds | undefined,
    outcome: RerunOutcome,
    run: string,
    next: () => number,
  ) {
    const { system } = message;
    const pack = this.packs.get(system);
    const draft = pack && compiled && draftOf(onePack(pack, compiled), pack, asInbound(message), this.rates);
    if (!pack || !draft) {
      // Nobody listens to its topic now: it stays for whoever will.
      outcome.tried++;
      outcome.stillRejected++;
      return;
    }
    keepMissing(
      draft,
      message,
      pack.feeds.some(({ id }) => id === message.feed),
    );
    if (isAsBefore(draft, message)) {
      outcome.tried++;
      outcome.stillRejected++;
      return;
    }
    const result = await this.state.apply(system, this.batch(draft, message, run, next()));
    if (result.repeated) return;
    outcome.tried++;
    outcome.readings += result.accepted;
    outcome.occurrences += result.occurrences;
    if (result.refused.length) {
      const late = refusals(draft, result);
      await this.state.apply(system, { ...this.batch(late, message, run, next()), settles: [] });
    }
    if (draft.rejections.length || result.refused.length) outcome.stillRejected++;
    else outcome.mapped++;
  }

  private batch(draft: Draft, message: QuarantinedMessage, run: string, number: number): StateBatch {
    return {
      now: this.now(),
      writer: WRITER,
      run,
      number,
      readings: draft.readings,
      occurrences: draft.occurrences,
      rejections: draft.rejections.map(
        (each): BatchRejection => ({
          ...each,
          had: Buffer.concat([message.had, each.had ?? Buffer.alloc(0)]),
          counted: true,
        }),
      ),
      // The message was counted when it came.
      feeds: [],
      deliveries: [],
      settles: [message.entry],
    };
  }
}

/**
 * Leaves in the draft what the message did not bring when it came. Other feeds of its topic brought theirs, or wait in
 * quarantine under their own name, unless nobody could take it then or its feed has another name now.
 */
function keepMissing(draft: Draft, message: QuarantinedMessage, feedIsThere: boolean): void {
  const whole = message.had.length === 0 && message.rejections.every(({ reason }) => WHOLE.has(reason));
  const mine = (feed: string) => whole || !feedIsThere || feed === message.feed;
  const had = markedIn(message.had);
  draft.readings = draft.readings.filter(({ feed, typeKey, metric, at }) => mine(feed) && !had(typeKey, metric, at));
  draft.occurrences = draft.occurrences.filter(({ feed }) => mine(feed));
  const brings = readingMarks(draft.readings);
  draft.rejections = draft.rejections.filter(({ feed }) => mine(feed)).map((each) => ({ ...each, had: brings }));
  const [source] = draft.sources;
  draft.sources = source ? draft.readings.map(() => source) : [];
}

/** Nothing new, and the same is wrong: it need not be written again. */
function isAsBefore({ readings, occurrences, rejections }: Draft, message: QuarantinedMessage): boolean {
  if (readings.length || occurrences.length || rejections.length !== 1) return false;
  const [still] = rejections;
  if (still?.feed !== message.feed) return false;
  if (Math.min(still.rejections.length, TOLD_REJECTIONS) !== message.rejections.length) return false;
  return message.rejections.every(({ reason, path }, place) => {
    const now = still.rejections[place];
    return now?.reason === reason && (now.path ?? '').slice(0, 200) === (path ?? '');
  });
}
