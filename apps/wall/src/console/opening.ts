import type { FeedItem, RejectionItem } from './api.js';

/** Where the last feed somebody looked at stands, for as long as the tab is open. */
const LOOKED_AT = 'citywall-feed';

export const feedKey = ({ system, id }: Pick<FeedItem, 'system' | 'id'>) => `${system}/${id}`;

/** Key of the feed a rejection belongs to: its id is `system-…`, with three numbers behind. */
export const feedOfRejection = ({ id, feed }: Pick<RejectionItem, 'id' | 'feed'>) =>
  `${id.replace(/(-\d+){3}$/, '')}/${feed}`;

/**
 * The feed the inspector opens on: the one with the most recent trouble. That is the one of the newest rejection, else the one
 * with rejections that was heard last, else the one that fell silent last, else the first.
 * @param newest key of the feed of the newest rejection
 */
export function openingFeed(feeds: readonly FeedItem[], newest: string | null): string | null {
  const rejecting = feeds.filter(({ rejections }) => rejections.kept > 0);
  const told = rejecting.find((feed) => feedKey(feed) === newest);
  const feed = told ?? heardLast(rejecting) ?? heardLast(feeds.filter(({ state }) => state === 'silent')) ?? feeds[0];
  return feed ? feedKey(feed) : null;
}

function heardLast(feeds: readonly FeedItem[]): FeedItem | undefined {
  const at = ({ lastAt }: FeedItem) => (lastAt === null ? 0 : Date.parse(lastAt));
  return [...feeds].sort((a, b) => at(b) - at(a))[0];
}

/** The feed this tab showed last, where it is still one. */
export function lookedAt(feeds: readonly FeedItem[], store: Pick<Storage, 'getItem'> = sessionStorage): string | null {
  const key = store.getItem(LOOKED_AT);
  return feeds.some((feed) => feedKey(feed) === key) ? key : null;
}

export function rememberLook(key: string, store: Pick<Storage, 'setItem'> = sessionStorage): void {
  store.setItem(LOOKED_AT, key);
}
