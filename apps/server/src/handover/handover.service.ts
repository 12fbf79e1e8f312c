import { createHash, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { decodeCursor, encodeCursor } from '../api/cursor.js';
import { Problem } from '../api/problem.js';
import { iso } from '../api/schemas/common.js';
import type { handoverDraft, handoverQuery, handoverSummary, noteBody } from '../api/schemas/handover.js';
import type { HandoverDraft } from './draft.service.js';
import type { HandoverRepository } from './handover.repository.js';
import type { Handover, HandoverFacts, ShiftNote } from './handover.types.js';

/** Length of the first shift, that has no handover before it. */
const FIRST_SHIFT_MS = 12 * 3_600_000;
const LIST = 'handover';
/** A draft holds for so long: pages that look at it together cost as much as one, ms. */
const DRAFT_FOR = 2_000;

/** 交接班: drawn up from what happened, made by the one who leaves, signed by the one who takes over. */
export class HandoverService {
  private known: { until: number; draft: Promise<z.input<typeof handoverDraft>> } | undefined;

  constructor(
    private readonly drafts: Pick<HandoverDraft, 'facts'>,
    private readonly store: HandoverRepository,
    private readonly now: () => number = Date.now,
  ) {}

  /** What would be handed over now. */
  draft(): Promise<z.input<typeof handoverDraft>> {
    const now = this.now();
    if (this.known === undefined || now >= this.known.until) {
      const draft = this.drawUp();
      this.known = { until: now + DRAFT_FOR, draft };
      draft.catch(() => {
        this.known = undefined;
      });
    }
    return this.known.draft;
  }

  /** Newest first. */
  async list(query: z.output<typeof handoverQuery>) {
    const { n } = await this.store.head();
    const before = query.cursor === undefined ? n + 1 : Number(decodeCursor(LIST, query.cursor, ['number'])[0]);
    const first = Math.min(n, before - 1);
    const last = Math.max(1, first - query.limit + 1);
    const numbers = Array.from({ length: Math.max(0, first - last + 1) }, (_, index) => first - index);
    const found = await this.store.some(numbers);
    // older ones are in the archive alone
    const more = found.length === numbers.length && last > 1;
    return {
      items: found.map(summaryOf),
      next: more ? encodeCursor(LIST, [last]) : null,
    };
  }

  /** @throws Problem `not-found` */
  async get(n: number): Promise<Handover> {
    const found = await this.store.get(n);
    if (found === null) throw new Problem('not-found', `there is no handover ${n}, or it is in the archive alone`);
    return found;
  }

  /** @throws Problem `conflict` where one waits for its second signature */
  async make(by: string, remarks: string): Promise<Handover> {
    const { n, waiting } = await this.store.head();
    if (waiting !== null) throw unsigned(waiting);
    const { facts } = await this.drawUp();
    const made = { by, at: facts.to, remarks };
    const handover: Handover = {
      n: n + 1,
      state: 'waiting',
      made,
      signed: null,
      withdrawn: null,
      facts,
      digest: digestOf(n + 1, facts, made),
    };
    if (!(await this.store.change(null, handover, 'made'))) throw unsigned((await this.store.head()).waiting ?? n + 1);
    this.known = undefined;
    return handover;
  }

  /**
   * The second signature.
   * @param digest of what was read: nobody signs what was not seen
   * @throws Problem `not-found`; `conflict` for who made it, where it is settled, or is not what was read
   */
  async sign(n: number, by: string, digest: string, remarks: string): Promise<Handover> {
    const before = await this.waiting(n);
    if (before.made.by === by)
      throw new Problem('conflict', `${by} made handover ${n}: the second signature is another person's`);
    if (before.digest !== digest)
      throw new Problem('conflict', `handover ${n} is not the one that was read; read it again`);
    return this.settle(before, { ...before, state: 'signed', signed: { by, at: iso(this.now()), remarks } }, 'signed');
  }

  /**
   * Takes an unsigned one back: what it told of belongs to the next.
   * @param lead whether the account may sign
   * @throws Problem `not-found`, `conflict`, `forbidden`
   */
  async withdraw(n: number, by: string, lead: boolean, remarks: string): Promise<Handover> {
    const before = await this.waiting(n);
    if (before.made.by !== by && !lead)
      throw new Problem('forbidden', `handover ${n} is ${before.made.by}'s: who made it, or the lead, takes it back`);
    const withdrawn = { by, at: iso(this.now()), remarks };
    return this.settle(before, { ...before, state: 'withdrawn', withdrawn }, 'withdrawn');
  }

  async addNote(by: string, { text, alarm }: z.output<typeof noteBody>): Promise<ShiftNote> {
    const note = { id: randomUUID(), at: iso(this.now()), by, text, alarm: alarm ?? null };
    await this.store.addNote(note);
    this.known = undefined;
    return note;
  }

  private async drawUp(): Promise<z.input<typeof handoverDraft>> {
    const to = this.now();
    const { n, waiting } = await this.store.head();
    const previous = await this.before(n);
    const from = previous === null ? to - FIRST_SHIFT_MS : Date.parse(previous.facts.to);
    const told = previous === null ? undefined : new Set(previous.facts.notes.map(({ id }) => id));
    return { previous: previous?.n ?? null, waiting, facts: await this.drafts.facts(from, to, told) };
  }

  /** The newest that was not taken back. */
  private async before(n: number): Promise<Handover | null> {
    for (let at = n; at > 0; at--) {
      const found = await this.store.get(at);
      if (found === null) return null;
      if (found.state !== 'withdrawn') return found;
    }
    return null;
  }

  private async waiting(n: number): Promise<Handover> {
    const found = await this.get(n);
    if (found.state === 'waiting') return found;
    const { by, at } = found.signed ?? found.withdrawn ?? found.made;
    throw new Problem('conflict', `handover ${n} was ${found.state} by ${by} at ${at}`);
  }

  private async settle(before: Handover, after: Handover, kind: 'signed' | 'withdrawn'): Promise<Handover> {
    if (!(await this.store.change(before, after, kind)))
      throw new Problem('conflict', `handover ${before.n}: somebody was first; read it again`);
    this.known = undefined;
    return after;
  }
}

/** SHA-256 of what both sign. */
export function digestOf(n: number, facts: HandoverFacts, made: Handover['made']): string {
  return createHash('sha256')
    .update(JSON.stringify([n, facts, made]))
    .digest('hex');
}

function unsigned(n: number): Problem {
  return new Problem('conflict', `handover ${n} waits for its second signature: sign it, or take it back`);
}

function summaryOf({ facts, digest: _, ...handover }: Handover): z.input<typeof handoverSummary> {
  return { ...handover, from: facts.from, to: facts.to };
}
