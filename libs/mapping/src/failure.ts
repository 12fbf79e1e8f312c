import type { RejectionReason } from '@citywall/model';
import type { FeedProblem } from './mapped.js';

/**
 * A value that could not be had. Passed around as a value, never thrown: mapping a message must not unwind because one
 * of its elements is bad.
 */
export class Failure {
  constructor(
    readonly reason: RejectionReason,
    /** what exactly, in one sentence */
    readonly detail: string,
  ) {}
}

/** Thrown by decoders: the input is not what the feed says, or exceeds a limit. */
export class DecodeError extends Error {
  constructor(
    message: string,
    readonly reason: 'decode' | 'too-large' | 'too-deep' | 'too-many' = 'decode',
  ) {
    super(message);
    this.name = 'DecodeError';
  }
}

/** Thrown while compiling: the feed's own text is wrong (a path, a pattern, an operator's arguments). */
export class SpecError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SpecError';
  }
}

/** Everything wrong in the feeds given to `compileFeeds`, at once. */
export class FeedsRefused extends Error {
  readonly reason = 'feeds-refused';
  constructor(readonly problems: FeedProblem[]) {
    super(problems.map((p) => `${p.feed}: ${p.path.slice(1).join('.')}: ${p.message}`).join('\n'));
    this.name = 'FeedsRefused';
  }
}

/** A value in a message for people: short, whatever it is. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > 60 ? `${JSON.stringify(value.slice(0, 60))}…` : JSON.stringify(value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'undefined':
      return 'nothing';
    case 'object':
      if (value === null) return 'null';
      if (value instanceof Failure) return value.detail;
      if (value instanceof Uint8Array) return `${value.length} bytes`;
      return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
    default:
      return typeof value;
  }
}
