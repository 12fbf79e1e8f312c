import { z } from 'zod';
import { duration, entry, metricName, parseDuration } from '../common.js';

/**
 * What may go wrong with simulated platforms on purpose: the same words in scenarios, on the command line and in the
 * control of the simulator. Who names a fault says from when until when; that is not part of it.
 */

const SIGNED = /^([+-]?)(.+)$/;

/** `8h`, `+8h`, `-30m`: how far a clock is wrong, ms. */
const shift = z
  .union([z.number(), z.string()])
  .transform((text, context) => {
    if (typeof text === 'number') return text;
    const [, sign = '', length = ''] = SIGNED.exec(text) ?? [];
    const ms = parseDuration(length);
    if (ms !== null && ms > 0) return sign === '-' ? -ms : ms;
    context.addIssue({ code: 'custom', message: 'expected how far off, like 8h or -30m' });
    return z.NEVER;
  })
  .meta({ id: 'Shift', description: 'A duration with or without a sign: 8h, -30m, or a number of milliseconds.' });

const target = {
  of: z
    .string()
    .regex(/^[a-z][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)?$/, 'expected a system or system/stream, like water or water/river')
    .meta({ description: 'All of a system, or a stream or life of its simulator.yaml: water, water/river.' }),
  assets: z.array(z.string().min(1)).min(1).exactOptional().meta({ description: 'Only these keys; default all.' }),
};
const share = z
  .number()
  .gt(0)
  .max(1)
  .default(1)
  .meta({ description: 'Share of the messages it meets, the same ones for the same seed.' });
const times = (most: number) => z.int().min(2).max(most);

const KINDS = {
  silence: entry({ kind: z.literal('silence'), ...target }).meta({
    description: 'Nothing comes. Edge nodes of Sparkplug die by NDEATH and are born again afterwards.',
  }),
  garbage: entry({ kind: z.literal('garbage'), ...target, share }).meta({ description: 'Payloads are cut off.' }),
  check: entry({ kind: z.literal('check'), ...target, share }).meta({
    description: 'The check sum is wrong (HJ 212); one bit of a payload that has none.',
  }),
  duplicate: entry({ kind: z.literal('duplicate'), ...target, share, times: times(100).default(2) }).meta({
    description: 'Messages come several times.',
  }),
  reorder: entry({
    kind: z.literal('reorder'),
    ...target,
    share,
    within: duration.default(30_000).meta({ description: 'Up to this much later than others that were sent after.' }),
  }).meta({ description: 'Messages overtake each other.' }),
  clock: entry({
    kind: z.literal('clock'),
    ...target,
    by: shift.meta({ description: 'Added to every time of the payload: 8h where UTC is taken for local time.' }),
  }).meta({ description: "The platform's clock is wrong." }),
  future: entry({
    kind: z.literal('future'),
    ...target,
    share,
    by: duration.default(86_400_000).meta({ description: 'Up to so far ahead, each message otherwise.' }),
  }).meta({ description: 'Times lie in the future.' }),
  burst: entry({ kind: z.literal('burst'), ...target, times: times(1000).default(50) }).meta({
    description: 'So many times as many messages; occurrences and edge nodes repeat theirs.',
  }),
  frozen: entry({ kind: z.literal('frozen'), ...target }).meta({
    description: 'Values stay what they were when it began; times go on.',
  }),
  spike: entry({
    kind: z.literal('spike'),
    ...target,
    share,
    value: metricName.exactOptional().meta({ description: 'A value of the stream; default every number.' }),
    set: z.number().exactOptional().meta({ description: 'What it says instead.' }),
    add: z.number().exactOptional().meta({ description: 'So much more.' }),
    scale: z.number().exactOptional().meta({ description: 'So many times as much.' }),
  })
    .refine(({ set, add, scale }) => [set, add, scale].filter((way) => way !== undefined).length === 1, {
      message: 'expected exactly one of set, add, scale',
    })
    .meta({ description: 'Numbers out of range.' }),
  buffer: entry({ kind: z.literal('buffer'), ...target }).meta({
    description: 'Nothing comes; at the end everything is sent together, with its true times.',
  }),
} as const;

/** Words for what may go wrong, in the order of the reference. */
export const FAULT_KINDS = Object.keys(KINDS) as (keyof typeof KINDS)[];

/** One fault, without its time: `{ kind: clock, of: water/rain, assets: [P011], by: 8h }`. */
export const faultSpec = z
  .discriminatedUnion('kind', [
    KINDS.silence,
    KINDS.garbage,
    KINDS.check,
    KINDS.duplicate,
    KINDS.reorder,
    KINDS.clock,
    KINDS.future,
    KINDS.burst,
    KINDS.frozen,
    KINDS.spike,
    KINDS.buffer,
  ])
  .meta({ id: 'Fault', description: 'Something goes wrong on purpose with a simulated system, stream or asset.' });

export type FaultSpec = z.output<typeof faultSpec>;
export type FaultKind = FaultSpec['kind'];
