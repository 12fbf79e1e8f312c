/**
 * What every operator promises, made from the table: for seeded inputs of the kind it takes (and now and then of others)
 * it never throws, and gives what it says it gives, nothing, or a failure with a reason.
 */
import { OPERATORS } from '@citywall/mapping';
import { REJECTION_REASONS } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';
import { Failure } from '../../../../libs/mapping/src/failure.js';
import { compileOp } from '../../../../libs/mapping/src/ops/index.js';
import { MAX_TEXT, type OpKind } from '../../../../libs/mapping/src/ops/operator.js';
import { Hostile, seeded } from './hostile.js';

const INPUTS = 300;

function isOf(kind: OpKind, value: unknown): boolean {
  switch (kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'text':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'bytes':
      return value instanceof Uint8Array;
    case 'list':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null;
    default:
      return true;
  }
}

/** Failures and bytes as something that can be compared. */
const comparable = (value: unknown): unknown => (value instanceof Failure ? `${value.reason}: ${value.detail}` : value);

const uses = OPERATORS.flatMap((operator) =>
  operator.examples.map(({ args }, i) => ({
    title: `${operator.name} ${i + 1}`,
    operator,
    spec: args === undefined ? operator.name : { [operator.name]: args },
  })),
);

describe.each(uses.map((use) => [use.title, use] as const))('%s', (_title, { operator, spec }) => {
  const { work } = compileOp(spec);

  it(`gives ${operator.gives}, nothing or a reason; never throws; the same for the same`, () => {
    const hostile = new Hostile(seeded(operator.name.length * 7919));
    const again = compileOp(spec);
    let failures = 0;
    for (let i = 0; i < INPUTS; i++) {
      const input = hostile.ofKind(operator.takes);
      if (typeof input === 'number' && !Number.isFinite(input)) continue;
      const out = work(input);
      expect(comparable(again.work(input))).toEqual(comparable(out));
      if (out instanceof Failure) {
        failures++;
        expect(REJECTION_REASONS).toContain(out.reason);
        expect(out.detail.length).toBeLessThan(500);
      } else if (out !== undefined && !(operator.gives === 'any' || isOf(operator.gives, out))) {
        throw new Error(`${JSON.stringify(spec)} gives ${String(out)} for ${JSON.stringify(input)}`);
      }
      if (typeof out === 'string' && typeof input === 'string') expect(out.length).toBeLessThanOrEqual(MAX_TEXT);
    }
    // an operator that refuses all of what it says it takes would pass everything above
    expect(failures).toBeLessThan(INPUTS);
  });

  it('does not change its input', () => {
    const hostile = new Hostile(seeded(11));
    for (let i = 0; i < 60; i++) {
      const input = hostile.ofKind(operator.takes);
      const before = JSON.stringify(input);
      work(input);
      expect(JSON.stringify(input)).toBe(before);
    }
  });
});
