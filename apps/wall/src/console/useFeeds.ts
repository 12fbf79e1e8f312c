import { computed, onMounted, onUnmounted, ref, shallowRef, watch } from 'vue';
import { ask, askAll, type FeedItem, type RejectionItem } from './api.js';
import { feedKey, feedOfRejection, lookedAt, openingFeed, rememberLook } from './opening.js';
import { Rates } from './rates.js';
import { useConsole } from './session.js';
import { useFailure } from './useFailure.js';
import { usePoll } from './usePoll.js';

const FEEDS_EVERY_MS = 2_000;
const SCORES_EVERY_MS = 30_000;

/** Per cent; null: nothing is promised that could be missed. */
export interface Scorecard {
  system: string;
  feed: string | null;
  completeness: number | null;
  timeliness: number | null;
  validity: number | null;
  uniqueness: number | null;
}

export { feedKey } from './opening.js';

/** Feeds that hold the text in system, id, name or topic, case aside. */
export function matching(feeds: readonly FeedItem[], text: string): FeedItem[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...feeds];
  return feeds.filter((feed) =>
    [feedKey(feed), feed.name.zh, feed.name.en, ...feed.topic].some((each) => each.toLowerCase().includes(wanted)),
  );
}

/** Key of the feed of the newest rejection; null where there is none or it can't be told. */
async function newestRejection(): Promise<string | null> {
  const { items } = await ask<{ items: RejectionItem[] }>('rejections?limit=1').catch(() => ({ items: [] }));
  return items[0] ? feedOfRejection(items[0]) : null;
}

/** All feeds, asked for again every two seconds, with their rates and scorecards; and which one is chosen. */
export function useFeeds() {
  const seat = useConsole();
  const told = useFailure();
  const feeds = shallowRef<FeedItem[] | null>(null);
  const scores = shallowRef<ReadonlyMap<string, Scorecard>>(new Map());
  const failure = ref('');
  const search = ref('');
  const chosenKey = ref<string | null>(null);
  /** ticks, so that what is no longer heard grows old */
  const now = ref(Date.now());
  const rates = new Rates();

  watch(chosenKey, (key) => {
    if (key !== null) rememberLook(key);
  });

  const feedPoll = usePoll(async () => {
    try {
      const list = await seat.heard(askAll<FeedItem>('feeds'));
      now.value = Date.now();
      for (const feed of list) rates.hear(feedKey(feed), feed.messages, now.value);
      feeds.value = list;
      failure.value = '';
      if (chosenKey.value === null) {
        const key = lookedAt(list) ?? openingFeed(list, await newestRejection());
        // somebody may have chosen meanwhile
        chosenKey.value ??= key;
      }
    } catch (error) {
      failure.value = told(error);
    }
  }, FEEDS_EVERY_MS);

  usePoll(async () => {
    // Scores are an addition: without them the page says everything else.
    const list = await askAll<Scorecard>('scorecards').catch(() => null);
    if (list) scores.value = new Map(list.map((card) => [`${card.system}/${card.feed ?? ''}`, card]));
  }, SCORES_EVERY_MS);

  let ticking: ReturnType<typeof setInterval> | undefined;
  onMounted(() => {
    ticking = setInterval(() => {
      now.value = Date.now();
    }, 1_000);
  });
  onUnmounted(() => clearInterval(ticking));

  const shown = computed(() => matching(feeds.value ?? [], search.value));
  const chosen = computed(() => feeds.value?.find((feed) => feedKey(feed) === chosenKey.value) ?? null);

  /** Moves the choice among what is shown; stays where nothing is. */
  function move(by: 1 | -1): void {
    const list = shown.value;
    const at = list.findIndex((feed) => feedKey(feed) === chosenKey.value);
    const next = list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))];
    if (next) chosenKey.value = feedKey(next);
  }

  return { feeds, shown, chosen, chosenKey, search, scores, rates, now, failure, move, refresh: feedPoll.now };
}
