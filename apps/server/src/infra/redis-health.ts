import { Injectable } from '@nestjs/common';
import { BehaviorSubject, type Observable } from 'rxjs';

/** `up` answers and takes writes · `gone` no connection · `refusing` answers, but a write failed for lack of disk or memory */
export type RedisState = 'up' | 'gone' | 'refusing';

export interface RedisCondition {
  state: RedisState;
  /** Unix ms since when it is so */
  since: number;
  /** what Redis or the socket said, in its own words; empty while up */
  detail: string;
}

/** How Redis is, as this process sees it. In memory: it has to be known exactly when Redis is not there. */
@Injectable()
export class RedisHealth {
  private readonly subject = new BehaviorSubject<RedisCondition>({
    state: 'gone',
    since: Date.now(),
    detail: 'not connected yet',
  });

  /** Now, and after every change of state. */
  readonly changes$: Observable<RedisCondition> = this.subject.asObservable();

  get now(): RedisCondition {
    return this.subject.value;
  }

  get up(): boolean {
    return this.subject.value.state === 'up';
  }

  /** A repeated state keeps its `since` and says nothing. */
  set(state: RedisState, detail = ''): void {
    const before = this.subject.value;
    if (before.state === state && before.detail === detail) return;
    this.subject.next({ state, detail, since: before.state === state ? before.since : Date.now() });
  }
}

/** Redis answers but does not take the write: no disk, no memory, or a replica. It has to be tried again, for ever. */
export function refusesWrites(error: unknown): boolean {
  return error instanceof Error && /\b(MISCONF|OOM|READONLY|NOREPLICAS)\b/.test(error.message);
}
