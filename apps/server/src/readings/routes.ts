import type { FeedResult, Message } from '@citywall/mapping';
import type { Metric } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import type { PackSource } from './draft.js';
import { type FeedFacts, feedFacts } from './feed-facts.js';
import { TwoGenerations } from './two-generations.js';

/** Topics remembered in each of two generations, and the longest of them: beyond so many, finding again costs less than the memory. */
const REMEMBERED_TOPICS = 8_192;
const LONGEST_REMEMBERED = 256;

/** An asset as readings name it. */
export interface AssetName {
  readonly type: string;
  readonly key: string;
  /** `type/key` */
  readonly typeKey: string;
  readonly declared: boolean;
}

/** What is looked up of a pack again and again, found once. */
class SystemLookup {
  readonly facts: ReadonlyMap<string, FeedFacts>;
  private readonly metrics = new Map<string, Map<string, Metric>>();

  constructor(
    readonly system: string,
    pack: Pack,
    private readonly packs: PackSource,
  ) {
    this.facts = feedFacts(pack);
  }

  /** Types and metrics are words of the pack, or of messages: those that the pack does not know are not remembered. */
  metric(type: string, name: string): Metric | undefined {
    const known = this.metrics.get(type)?.get(name);
    if (known) return known;
    const metric = this.packs.metric(this.system, type, name);
    if (!metric) return undefined;
    const ofType = this.metrics.get(type) ?? new Map<string, Metric>();
    this.metrics.set(type, ofType.set(name, metric));
    return metric;
  }

  name(type: string, key: string): AssetName {
    const typeKey = `${type}/${key}`;
    return { type, key, typeKey, declared: this.packs.asset(`${this.system}/${typeKey}`) !== undefined };
  }
}

/** The way of a topic's messages into one system. */
export class Route {
  private last: AssetName | undefined;

  constructor(
    private readonly lookup: SystemLookup,
    readonly map: (message: Message) => FeedResult[],
  ) {}

  get system(): string {
    return this.lookup.system;
  }

  get facts(): ReadonlyMap<string, FeedFacts> {
    return this.lookup.facts;
  }

  metric(type: string, name: string): Metric | undefined {
    return this.lookup.metric(type, name);
  }

  /** Most topics tell of one asset: the same name, as the same string, for all its messages. */
  asset(type: string, key: string): AssetName {
    const { last } = this;
    if (last && last.key === key && last.type === type) return last;
    this.last = this.lookup.name(type, key);
    return this.last;
  }
}

/**
 * Which systems take a topic, over all packs: one look-up a message however many packs there are. Built anew when any
 * pack is replaced.
 */
export class Routes {
  private of: readonly Pack[] | undefined;
  private lookups = new Map<string, SystemLookup>();
  private memory = new TwoGenerations<readonly Route[]>(REMEMBERED_TOPICS);

  constructor(private readonly packs: PackSource) {}

  /** In the order of the packs. */
  to(topic: string): readonly Route[] {
    const all = this.packs.all();
    if (all !== this.of) {
      this.of = all;
      this.lookups = new Map(all.map((pack) => [pack.id, new SystemLookup(pack.id, pack, this.packs)]));
      this.memory = new TwoGenerations(REMEMBERED_TOPICS);
    }
    const known = this.memory.get(topic);
    if (known) return known;
    const routes = this.find(all, topic);
    if (topic.length <= LONGEST_REMEMBERED) this.memory.set(topic, routes);
    return routes;
  }

  private find(all: readonly Pack[], topic: string): Route[] {
    const routes: Route[] = [];
    for (const { id } of all) {
      const map = this.packs.compiled(id)?.listen(topic);
      const lookup = this.lookups.get(id);
      if (map && lookup) routes.push(new Route(lookup, map));
    }
    return routes;
  }
}
