import { faultSpec } from '@citywall/pack-schema';
import { z } from 'zod';
import { time, words } from './common.js';

const minute = z.number().meta({ description: 'minutes of the story after its T0' });
const speed = z.number().min(1).max(60).meta({ description: 'how many times as fast as the real clock' });

export const simulator = z.object({
  publishing: z.boolean().meta({ description: 'a publisher is alive' }),
  connected: z.boolean().meta({ description: 'and has its broker' }),
  speed,
  paused: z.boolean().meta({ description: 'the story stands still; the city goes on at the real speed' }),
  seed: z.string(),
  at: time.meta({ description: 'of this answer' }),
  moment: time.meta({ description: "the simulated city's own clock; payloads say real times" }),
  story: z
    .object({
      scenario: z.string(),
      minute,
      startedAt: time.meta({ description: 'real time of its T0, as things stand' }),
    })
    .nullable()
    .meta({ description: 'what runs; null: an everyday city' }),
  scenarios: z.array(
    z.object({
      id: z.string(),
      name: words,
      story: words,
      from: minute,
      until: minute,
      marks: z.array(z.object({ at: minute, zh: z.string(), en: z.string() })),
      systems: z.array(
        z.object({
          id: z.string(),
          name: words.nullable().meta({ description: 'null: not installed, its parts are left out' }),
          parts: z.int().meta({ description: 'curves, states and occurrences it has there' }),
        }),
      ),
      faults: z.array(z.object({ from: minute, until: minute, kind: z.string(), of: z.string() })),
    }),
  ),
  faults: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      of: z.string(),
      assets: z.array(z.string()).nullable(),
      fault: z.record(z.string(), z.unknown()),
      since: time,
      until: time.nullable().meta({ description: 'null: until it is ended' }),
    }),
  ),
  systems: z.array(
    z.object({
      id: z.string(),
      name: words,
      rate: z.number().meta({ description: 'messages a second over the last ten' }),
      sources: z
        .array(z.string())
        .meta({ description: 'streams and lives of its simulator.yaml: what a fault may be about' }),
    }),
  ),
});

export const simulatorSetBody = z
  .strictObject({
    speed: speed.optional(),
    seed: z.string().min(1).max(60).optional().meta({ description: 'the same seed tells the same city' }),
  })
  .refine((body) => Object.keys(body).length > 0, { message: 'name a speed or a seed' });

export const simulatorStartBody = z.strictObject({
  scenario: z.string().min(1).meta({ description: 'id of one of `scenarios`' }),
  at: minute.optional().meta({ description: 'minute to begin at; default where the scenario begins' }),
  speed: speed.optional(),
});

export const simulatorJumpBody = z.strictObject({ at: minute });

export const simulatorFaultBody = z.strictObject({
  fault: faultSpec.meta({
    description: 'what goes wrong, with what, and how much; the same as in scenarios, see pack.md',
  }),
  minutes: z.number().positive().max(1440).optional().meta({ description: 'of simulated time; default until ended' }),
});

export const faultIdParameter = z
  .string()
  .regex(/^f\d{1,9}$/, 'must be the id of a fault')
  .meta({ description: 'id of a fault that was ordered' });

export const simulatorQuery = z.strictObject({});
