import type { Notice, NoticeReason, Words } from '@citywall/model';
import { Injectable } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';

/** What a notice is about, and how it reads on a screen. */
export interface NoticeContent {
  /**
   * The feed (`water/realtime`), pack, broker or directory it is about. With the reason it is the notice's identity, so
   * it has to be unique among all systems: a feed is named `system/feed`.
   */
  subject?: string;
  system?: string;
  text: Words;
}

/** A notice as another process of this CityWall holds it. */
export interface RemoteNotice {
  /** that process */
  instance: string;
  notice: Notice;
}

/** A condition that held, and when this process saw that it was over, Unix ms. */
export interface EndedNotice {
  notice: Notice;
  at: number;
}

/** Ended ones that are remembered, by this process alone and until it ends: a line on a wall, no journal. */
export const KEPT_ENDED = 100;

/** More conditions than this at once can only be a defect; the newest beyond it are counted into none. */
export const MAX_NOTICES = 1_000;

/** `reason` or `reason:subject`. */
export function noticeId(reason: NoticeReason, subject?: string): string {
  return subject === undefined ? reason : `${reason}:${subject}`;
}

/**
 * The conditions that hold now, of CityWall itself and of its sources. Memory first: a notice is known in this process
 * whatever Redis does. `NoticesMirror` tells the other processes and brings theirs (`remote`).
 */
@Injectable()
export class NoticesService {
  private readonly own = new Map<string, Notice>();
  private others: RemoteNotice[] = [];
  private readonly changes = new Subject<Notice[]>();
  /** those that held after the last change, by id */
  private held = new Map<string, Notice>();
  private readonly over: EndedNotice[] = [];
  private readonly ownChanges = new Subject<string>();

  /** All notices, own and of the other processes, after every change. */
  readonly changes$: Observable<Notice[]> = this.changes.asObservable();
  /** Id of every own notice that was raised, raised again or cleared (for the mirror). */
  readonly ownChanges$: Observable<string> = this.ownChanges.asObservable();

  /**
   * Says that a condition holds. Raising it again counts and takes the new text; `since` stays.
   * @param now Unix ms
   */
  raise(reason: NoticeReason, content: NoticeContent, now: number = Date.now()): Notice | null {
    const id = noticeId(reason, content.subject);
    const before = this.own.get(id);
    if (!before && this.own.size >= MAX_NOTICES) return null;
    const notice: Notice = {
      id,
      reason,
      ...(content.subject === undefined ? {} : { subject: content.subject }),
      ...(content.system === undefined ? {} : { system: content.system }),
      since: before?.since ?? now,
      count: (before?.count ?? 0) + 1,
      text: content.text,
    };
    this.own.set(id, notice);
    this.ownChanges.next(id);
    this.tell();
    return notice;
  }

  /** Says that a condition is over, as far as this process knows. Returns whether it held here. */
  clear(id: string): boolean {
    if (!this.own.delete(id)) return false;
    this.ownChanges.next(id);
    this.tell();
    return true;
  }

  /** A notice raised by this process. */
  get(id: string): Notice | undefined {
    return this.own.get(id);
  }

  /** Conditions that are over, as this process saw them end, the oldest first. */
  ended(): readonly EndedNotice[] {
    return this.over;
  }

  /** Notices raised by this process. */
  allOwn(): Notice[] {
    return [...this.own.values()];
  }

  /** Own notices and those of the other processes, one an id, the oldest first. */
  all(): Notice[] {
    const merged = new Map<string, Notice>();
    for (const notice of [...this.own.values(), ...this.others.map((other) => other.notice)]) {
      const known = merged.get(notice.id);
      merged.set(
        notice.id,
        known ? { ...known, since: Math.min(known.since, notice.since), count: known.count + notice.count } : notice,
      );
    }
    return [...merged.values()].sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
  }

  /** Replaces what the other processes hold (only the mirror calls this). */
  remote(others: RemoteNotice[]): void {
    if (JSON.stringify(others) === JSON.stringify(this.others)) return;
    this.others = others;
    this.tell();
  }

  private tell(): void {
    const all = this.all();
    const now = new Map(all.map((notice) => [notice.id, notice]));
    for (const [id, notice] of this.held) if (!now.has(id)) this.over.push({ notice, at: Date.now() });
    if (this.over.length > KEPT_ENDED) this.over.splice(0, this.over.length - KEPT_ENDED);
    this.held = now;
    this.changes.next(all);
  }
}
