import type { Notice } from '@citywall/model';
import { type Told, toldNotice } from './told.js';

/** A notice is told when it held, or was over, for so long without a break, ms: a feed that stutters is no news. */
export const HOLD_MS = 60_000;

/** What has to be kept of the notices that were told: null, it is over. */
export interface NoticeNews {
  told: Told;
  id: string;
  keep: Notice | null;
}

/** Finds out which notices begin and end for those who are told outside. */
export class NoticeWatch {
  private readonly since = new Map<string, number>();
  private readonly gone = new Map<string, number>();

  /**
   * @param notices that hold now
   * @param kept those that targets were told of, from before a restart too
   */
  look(notices: readonly Notice[], kept: ReadonlyMap<string, Notice>, now: number): NoticeNews[] {
    const holding = new Map(notices.map((notice) => [notice.id, notice]));
    const news: NoticeNews[] = [];
    for (const id of this.since.keys()) if (!holding.has(id)) this.since.delete(id);
    for (const [id, notice] of holding) {
      this.gone.delete(id);
      if (kept.has(id)) continue;
      const since = this.since.get(id) ?? now;
      this.since.set(id, since);
      if (now - since < HOLD_MS) continue;
      news.push({ id, keep: notice, told: toldNotice(notice, 'notice', notice.since) });
    }
    for (const [id, notice] of kept) {
      if (holding.has(id)) continue;
      // after a start nobody has raised anything yet: what is not there is over only when it stays away
      const gone = this.gone.get(id) ?? now;
      this.gone.set(id, gone);
      if (now - gone < HOLD_MS) continue;
      this.gone.delete(id);
      news.push({ id, keep: null, told: toldNotice(notice, 'notice-over', gone) });
    }
    return news;
  }
}
