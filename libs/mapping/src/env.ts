import type { Cursor, Read } from './cursor.js';
import { SpecError } from './failure.js';
import type { DecodeStep, Dicts, Scalar } from './feed-spec.js';

export type Where = readonly (string | number)[];

/** Values that count as absent. */
export interface Markers {
  any: boolean;
  has(value: unknown): boolean;
}

const NONE: Markers = { any: false, has: () => false };

/** A numeric marker also catches its text (`"-9999.0"`), a text marker also with blanks around. */
export function compileMarkers(list: readonly Scalar[] | undefined): Markers {
  const values = new Set<unknown>((list ?? []).filter((value) => value !== null));
  if (values.size === 0) return NONE;
  const numeric = [...values].some((value) => typeof value === 'number');
  return {
    any: true,
    has(value) {
      if (values.has(value)) return true;
      if (typeof value !== 'string' || value.length > 100) return false;
      const text = value.trim();
      return values.has(text) || (numeric && text !== '' && values.has(Number(text)));
    },
  };
}

/** What the compilation of one feed knows. */
export interface Env {
  feed: string;
  /** captures of the topic, in order */
  captures: readonly string[];
  /** named values so far, by name */
  lets: Map<string, { slot: number; read: Read }>;
  markers: Markers;
  zone: string;
  dicts: Dicts;
  /** ms; Infinity where the pack sets none */
  maxAge: number;
  /** most elements of fan-out */
  elements: number;
  /** compile with explanations */
  tracing: boolean;
  /** decoders for values; throws `SpecError` */
  decoders(spec: DecodeStep | DecodeStep[]): (value: unknown, cursor: Cursor) => unknown;
  problem(where: Where, message: string): void;
}

/** Runs a step of compilation; a `SpecError` becomes a problem at that place and the fallback goes on. */
export function attempt<T>(env: Env, where: Where, make: () => T, fallback: T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    env.problem(where, error.message);
    return fallback;
  }
}
