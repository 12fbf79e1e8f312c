import { scrubText } from '@citywall/aggregate';
import { REJECTION_REASONS, type RejectionReason } from '@citywall/model';
import type { z } from 'zod';
import { type Catalogue, systemIds } from '../api/catalogue.js';
import { pageOf } from '../api/cursor.js';
import { disclosePayload, isPersonal } from '../api/disclosure.js';
import type { JournalsService } from '../api/journals.service.js';
import { Problem } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import type { InspectorQueries, rejectionCount, wholeRejection } from '../api/schemas/inspector.js';
import type { StateRepository } from '../state/index.js';
import { parseRejectionId } from './rejection-id.js';

type State = Pick<StateRepository, 'quarantinedOne' | 'rejectionCounts'>;

/** Rejections that are read at once for the export; each may hold 64 KiB. */
const EXPORTED_AT_ONCE = 100;

/** Reading the quarantine beyond its list: one rejection whole, all as lines, how many. */
export class QuarantineService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly journals: Pick<JournalsService, 'rejections'>,
    private readonly state: State,
  ) {}

  /** @throws Problem `not-found`, also where it was settled meanwhile */
  async one(id: string, unmasked: boolean): Promise<z.input<typeof wholeRejection>> {
    const place = parseRejectionId(id);
    const pack = place ? this.catalogue.get(place.system) : undefined;
    const message = place && pack ? await this.state.quarantinedOne(place.system, place.entry) : null;
    const rejection = place ? message?.rejections[place.index] : undefined;
    if (!message || !rejection) throw new Problem('not-found', 'there is no such rejection (any more)');
    const personal = !unmasked && isPersonal(pack, message.feed);
    const told = (each: typeof rejection) => ({
      reason: each.reason,
      detail: unmasked ? each.detail : scrubText(each.detail),
      ...(each.path === undefined ? {} : { path: each.path }),
    });
    const kept = { payload: message.payload.toString('base64'), truncated: message.truncated };
    return {
      id,
      system: message.system,
      feed: message.feed,
      topic: message.topic,
      ...told(rejection),
      receivedAt: iso(message.receivedAt),
      ...disclosePayload(kept, personal, unmasked),
      origin: message.origin,
      retained: message.retained,
      all: message.rejections.map(told),
    };
  }

  /** One JSON a line, newest first. What is rejected while it is read is not in it. */
  async *lines(query: InspectorQueries['rejectionsExport'], unmasked: boolean): AsyncGenerator<string> {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<JournalsService['rejections']>> = await this.journals.rejections(
        { ...query, limit: EXPORTED_AT_ONCE, ...(cursor === null ? {} : { cursor }) },
        unmasked,
      );
      if (page.items.length) yield page.items.map((item) => `${JSON.stringify(item)}\n`).join('');
      cursor = page.next;
    } while (cursor !== null);
  }

  /** In the order of systems, feeds and reasons. */
  async counts(
    query: InspectorQueries['rejectionCounts'],
  ): Promise<{ items: z.input<typeof rejectionCount>[]; next: string | null }> {
    const items = (
      await Promise.all(systemIds(this.catalogue, query.system).map((system) => this.countsOf(system)))
    ).flat();
    return pageOf('rejection-counts', items, ({ system, feed, reason }) => `${system} ${feed} ${reason}`, query);
  }

  private async countsOf(system: string): Promise<z.input<typeof rejectionCount>[]> {
    const [ever, kept] = await Promise.all([
      this.state.rejectionCounts(system, 'ever'),
      this.state.rejectionCounts(system, 'kept'),
    ]);
    return [...ever].flatMap(([feed, reasons]) =>
      [...reasons]
        .filter((each): each is [RejectionReason, number] => REJECTION_REASONS.includes(each[0] as RejectionReason))
        .map(([reason, n]) => {
          const now = kept.get(feed)?.get(reason) ?? 0;
          // A message that is rejected for another reason than before was counted under that one only.
          return { system, feed, reason, kept: now, ever: Math.max(n, now) };
        }),
    );
  }
}
