import type { ArgSchema } from '../args.js';
import { Failure, show } from '../failure.js';
import type { Dicts } from '../feed-spec.js';

/** Works a present value into another. undefined: it is missing. Failure: it cannot. Never throws. */
export type Op = (value: unknown) => unknown;

export type OpKind = 'number' | 'text' | 'bool' | 'bytes' | 'list' | 'object' | 'any';

export interface OpExample {
  /** absent: the bare name */
  args?: unknown;
  in: unknown;
  /** absent: the value counts as missing afterwards */
  out?: unknown;
}

/** What operators may know of where they stand. */
export interface OpScope {
  /** for times without one */
  zone: string;
  /** tables by name */
  dicts: Dicts;
}

/** One entry of the closed table. Reference, schema and checks are made from it. */
export interface Operator {
  name: string;
  /** one sentence, no full stop at the end */
  doc: string;
  takes: OpKind;
  gives: OpKind;
  /** null: no arguments */
  args: ArgSchema | null;
  /** may stand without arguments though it knows some */
  bare?: boolean;
  examples: readonly OpExample[];
  /** arguments were checked against `args` (undefined for the bare name); throws `SpecError` for what a schema cannot say */
  compile(args: never, scope: OpScope): Op;
}

/** Texts longer than this are not worked on, and none longer is made. */
export const MAX_TEXT = 65_536;

export function fail(reason: 'type' | 'value' | 'missing', detail: string): Failure {
  return new Failure(reason, detail);
}

/** An operator on finite numbers. */
export function onNumber(name: string, work: (value: number) => number | boolean | Failure): Op {
  return (value) => {
    if (typeof value !== 'number') return fail('type', `${name} needs a number, not ${show(value)}`);
    const result = work(value);
    if (typeof result === 'number' && !Number.isFinite(result)) return fail('value', `${name} gives no finite number`);
    return result;
  };
}

/** An operator on text of bounded length. */
export function onText(name: string, work: (value: string) => unknown): Op {
  return (value) => {
    if (typeof value !== 'string') return fail('type', `${name} needs text, not ${show(value)}`);
    if (value.length > MAX_TEXT) return fail('value', `${name} takes text up to ${MAX_TEXT} characters`);
    const result = work(value);
    if (typeof result === 'string' && result.length > MAX_TEXT) return fail('value', `${name} makes too long a text`);
    return result;
  };
}

export function onBytes(name: string, work: (value: Uint8Array) => unknown): Op {
  return (value) =>
    value instanceof Uint8Array ? work(value) : fail('type', `${name} needs bytes, not ${show(value)}`);
}

export function onList(name: string, work: (value: unknown[]) => unknown): Op {
  return (value) => (Array.isArray(value) ? work(value) : fail('type', `${name} needs a list, not ${show(value)}`));
}
