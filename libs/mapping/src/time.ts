import type { Cursor, Read } from './cursor.js';
import { attempt, type Env, type Where } from './env.js';
import { Failure } from './failure.js';
import type { TimeForms, TimeSpec } from './feed-spec.js';
import { compileTimeForm, type ReadTime } from './time-form.js';
import { compileRead } from './value.js';
import { compileWhen, type Test } from './when.js';

/** The measured time as the message says it, Unix ms: undefined none, NaN no such instant, Failure unreadable. */
export type Time = (cursor: Cursor) => number | undefined | Failure;

const UNREADABLE: ReadTime = () => new Failure('time', 'the form of time is not known');

function compileForm(spec: TimeForms, env: Env, where: Where): Time {
  const read: Read = compileRead(spec, env, where, 'time');
  const parse = attempt(env, where, () => compileTimeForm(spec.as, spec.pattern, spec.zone ?? env.zone), UNREADABLE);
  const when: Test | null = spec.when ? compileWhen(spec.when, env, [...where, 'when']) : null;
  return (cursor) => {
    if (when && !when(cursor)) return undefined;
    const written = read(cursor);
    if (written === undefined || written === '') return undefined;
    if (written instanceof Failure) return new Failure('time', written.detail);
    return parse(written, cursor.receivedAt);
  };
}

/** One form or alternatives: the first that is there and can be read. */
export function compileTime(spec: TimeSpec, env: Env, where: Where): Time {
  if (!Array.isArray(spec)) return compileForm(spec, env, where);
  const forms = spec.map((form, i) => compileForm(form, env, [...where, i]));
  return (cursor) => {
    let failure: Failure | undefined;
    for (const form of forms) {
      const time = form(cursor);
      if (typeof time === 'number') return time;
      if (time instanceof Failure) failure ??= time;
    }
    return failure;
  };
}
