import { LOAD_REASONS } from '@citywall/protocol';
import { z } from 'zod';
import { DISPLAY_TROUBLES } from '../../displays/display-state.js';
import { DISPLAY_STATES } from '../../displays/displays.types.js';
import { CODE, codeFrom } from '../../displays/pairing.service.js';
import { paging, time } from './common.js';

export const display = z.object({
  id: z.string().meta({ description: "the screen's own id; it stays when the page is loaded again" }),
  state: z.enum(DISPLAY_STATES).meta({
    description:
      'live: draws what is sent; behind: an old picture; black: nothing is drawn; silent: no report for 15 s; gone: left',
  }),
  why: z.enum(DISPLAY_TROUBLES).nullable().meta({ description: 'what is the matter; null: nothing' }),
  address: z.string(),
  paired: z.string().nullable().meta({ description: 'id among the paired displays; null: it was let in otherwise' }),
  scene: z.string().nullable().meta({ description: 'scene it was sent; null before it joined' }),
  connectedAt: time,
  lastSeenAt: time,
  instance: z.string().meta({ description: 'push process that holds it' }),
  slow: z.boolean().meta({ description: 'it reads more slowly than frames come' }),
  skipped: z.int().meta({ description: 'frames it was not sent for that' }),
  namesakes: z
    .int()
    .meta({ description: 'other screens that go by the same name; the one that came last speaks for them' }),
  errors: z.int().meta({ description: 'errors of the page since it connected' }),
  rendered: z
    .object({
      at: time.meta({ description: 'of the report' }),
      scene: z.string(),
      seq: z.int(),
      frameAt: time.nullable().meta({ description: 'when the frame was closed that is drawn' }),
      latency: z.number().nullable().meta({ description: 'ms from the closing of a frame to its picture, median' }),
      fps: z.number(),
      heap: z.number().nullable().meta({ description: 'bytes' }),
      ready: z.boolean().nullable().meta({ description: 'every panel has drawn' }),
      panels: z.int().nullable().meta({ description: 'panels that take up room' }),
      hidden: z.boolean().meta({ description: 'the browser does not paint' }),
      theme: z.string().nullable(),
      language: z.string().nullable(),
      size: z.object({ width: z.number(), height: z.number(), ratio: z.number() }).nullable(),
      power: z.int().meta({ description: 'low-power step: 0 everything … 3 least detail' }),
      page: z.string().nullable().meta({ description: 'build of the page' }),
      loaded: z.object({ at: time, why: z.enum(LOAD_REASONS) }).nullable(),
    })
    .nullable()
    .meta({ description: 'what it last reported as drawn' }),
  trend: z.object({
    step: z.int().meta({ description: 'ms a sample' }),
    heap: z.array(z.number().nullable()).meta({ description: 'MiB, oldest first, at most 60' }),
    fps: z.array(z.number()),
  }),
});

export const displayQuery = z.strictObject({
  ...paging,
  state: z.enum(DISPLAY_STATES).optional().meta({ description: 'only screens in this state' }),
});
export type DisplayQuery = z.infer<typeof displayQuery>;

/** What a display that may not watch yet is told. */
export const pairing = z.object({
  state: z
    .enum(['none', 'waiting', 'paired'])
    .meta({ description: 'none: it shows no code, or one that has expired; waiting: nobody entered it yet' }),
  code: z
    .string()
    .optional()
    .meta({ description: 'waiting: six letters and digits without I, O, 0 and 1, to be entered at the desk' }),
  expiresAt: time.optional().meta({ description: 'waiting: of the code' }),
  id: z.string().optional().meta({ description: 'paired: among the paired displays' }),
  name: z.string().optional().meta({ description: 'paired: what the desk calls it' }),
});

export const pairBody = z.strictObject({
  code: z
    .string()
    .max(20)
    .refine((typed) => CODE.test(codeFrom(typed)), 'six letters and digits, without I, O, 0 and 1')
    .meta({ description: 'as the display shows it; small letters, spaces and dashes do not matter' }),
  name: z.string().trim().min(1).max(60).meta({ description: 'what the display is called at the desk' }),
});

export const pairedDisplay = z.object({
  id: z.string(),
  name: z.string(),
  pairedAt: time,
  pairedBy: z.string().meta({ description: 'account' }),
  agent: z.string().meta({ description: 'what its browser calls itself' }),
  lastSeenAt: time,
  addresses: z
    .array(z.object({ address: z.string(), firstAt: time, lastAt: time }))
    .meta({ description: 'where its token was used; the first is where it was paired, more than one is worth a look' }),
});
export const pairedQuery = z.strictObject({ ...paging });
export const pairedIdParameter = z.string().regex(/^[0-9a-f]{10}$/, 'an id of the list');
