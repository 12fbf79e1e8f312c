import { NOTICE_REASONS, STANDING_STATES } from '@citywall/model';
import { z } from 'zod';
import { origin, paging, time, words } from './common.js';

const MAX_TEXT = 2_000;
/** Line breaks are welcome, other control characters are not. */
const freeText = z
  .string()
  .trim()
  .max(MAX_TEXT, `must have at most ${MAX_TEXT} characters`)
  .regex(/^(?:[^\p{Cc}]|\n)*$/u, 'must not hold control characters');

export const shiftNote = z.object({
  id: z.string(),
  at: time,
  by: z.string(),
  text: z.string(),
  alarm: z.string().nullable().meta({ description: 'id of the alarm it is about' }),
});

const heldAlarm = z.object({
  id: z.string(),
  system: z.string(),
  name: z.string().nullable(),
  town: z.string().nullable(),
  text: words,
  priority: z.int().min(1).max(4),
  state: z.enum(STANDING_STATES),
  unknown: z.boolean(),
  raisedAt: time,
  acknowledged: z.object({ by: z.string(), at: time }).nullable(),
  comments: z.array(z.object({ by: z.string(), at: time, text: z.string() })).meta({ description: 'the newest three' }),
  origin,
});

const aside = heldAlarm.pick({
  id: true,
  system: true,
  name: true,
  text: true,
  priority: true,
  origin: true,
});

export const handoverFacts = z.object({
  from: time.meta({ description: 'end of the handover before; without one 12 h ago' }),
  to: time,
  alarms: z.object({
    counts: z.object({
      p1: z.int(),
      p2: z.int(),
      p3: z.int(),
      p4: z.int(),
      unacknowledged: z.int(),
      suppressed: z.int(),
      shelved: z.int(),
      outOfService: z.int(),
      unknown: z.int(),
    }),
    open: z.array(heldAlarm).meta({ description: 'the most urgent first' }),
    more: z.int().meta({ description: 'open ones beyond those' }),
    shelved: z.array(aside.extend({ by: z.string(), at: time, until: time, reason: z.string() })),
    outOfService: z.array(
      aside.extend({ by: z.string(), countersigned: z.string(), at: time, reason: z.string(), order: z.string() }),
    ),
    suppressed: z
      .array(z.object({ cause: z.string(), text: words.nullable(), count: z.int() }))
      .meta({ description: 'what explains them, the most first' }),
    unwatched: z.array(z.string()).meta({ description: 'systems whose alarms nobody evaluates' }),
  }),
  load: z.object({
    raised: z.int().meta({ description: 'alarms that were raised and shown' }),
    perTenMinutes: z.number().meta({ description: 'mean' }),
    peak: z.object({ at: time, count: z.int() }).nullable().meta({ description: 'the worst ten minutes' }),
    acknowledgedWithin: z.number().nullable().meta({ description: 'median time from raised to acknowledged, s' }),
    top: z.array(z.object({ system: z.string(), rule: z.string(), text: words, count: z.int() })),
    capped: z.boolean().meta({ description: 'the journal holds more than was counted' }),
  }),
  cases: z.array(
    z.object({
      system: z.string(),
      type: z.string(),
      name: words,
      opened: z.int(),
      open: z.int(),
      closed: z.int(),
      capped: z.boolean(),
    }),
  ),
  notices: z.array(
    z.object({
      id: z.string(),
      reason: z.enum(NOTICE_REASONS),
      subject: z.string().nullable(),
      system: z.string().nullable(),
      since: time,
      text: words,
    }),
  ),
  notes: z.array(shiftNote),
  systems: z.record(z.string(), words).meta({ description: 'names of the systems in it' }),
  simulated: z.boolean().meta({ description: 'some of it is simulated' }),
});

export const handoverDraft = z.object({
  previous: z.int().nullable().meta({ description: 'number of the handover before' }),
  waiting: z.int().nullable().meta({ description: 'handover that waits for its second signature: none can be made' }),
  facts: handoverFacts,
});

const signature = z.object({ by: z.string(), at: time, remarks: z.string() });

export const handover = z.object({
  n: z.int().meta({ description: 'from 1, without a gap' }),
  state: z.enum(['waiting', 'signed', 'withdrawn']),
  made: signature.meta({ description: 'by the one who leaves' }),
  signed: signature.nullable().meta({ description: 'by the one who takes over: another account' }),
  withdrawn: signature.nullable(),
  facts: handoverFacts,
  digest: z.string().meta({ description: 'SHA-256 of number, facts and the first signature: what is signed' }),
});

export const handoverSummary = handover.omit({ facts: true, digest: true }).extend({ from: time, to: time });

export const handoverQuery = z.strictObject({ ...paging });
export const draftQuery = z.strictObject({});
export const handoverNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be the number of a handover')
  .transform(Number)
  .meta({ description: 'number of the handover', type: 'integer' });
const remarks = freeText.default('').meta({ description: 'what the other should know beside it' });
export const makeBody = z.strictObject({ remarks });
export const signBody = z.strictObject({
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the digest of the handover that was read')
    .meta({ description: 'of the handover as it was read: nobody signs what was not seen' }),
  remarks,
});
export const withdrawBody = z.strictObject({
  remarks: freeText.min(1, 'say why').meta({ description: 'why it is taken back' }),
});
export const noteBody = z.strictObject({
  text: freeText.min(1, 'must not be empty').meta({ description: 'at most 2,000 characters' }),
  alarm: z.string().min(3).max(400).exactOptional().meta({ description: 'id of the alarm it is about' }),
});
