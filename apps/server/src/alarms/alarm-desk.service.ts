import type { AlarmCommand, CommandAnswer } from '@citywall/alarms';
import type { AlarmHappening, StandingAlarm } from '@citywall/model';
import type { z } from 'zod';
import { type Catalogue, systemIds } from '../api/catalogue.js';
import { pageOf } from '../api/cursor.js';
import { Problem, type ProblemReason } from '../api/problem.js';
import type {
  ACKNOWLEDGED,
  AlarmQuery,
  acknowledgedItems,
  alarm,
  alarmDetail,
  disclosedAlarm,
} from '../api/schemas/alarms.js';
import { iso } from '../api/schemas/common.js';
import type { AlarmCommands } from './alarm-commands.js';
import { type AlarmHistoryService, happeningOf } from './alarm-history.service.js';
import { type AlarmList, urgencyOf } from './alarm-list.js';
import type { AlarmsRepository } from './alarms.repository.js';
import { limitOfRule } from './limits.js';
import { nameOfRule } from './rule-names.js';
import { Teller } from './told.js';

type Item = z.input<typeof alarm>;
type ToldAlarm = AlarmHappening['alarm'];

/** Times count down in keys, so that the newest comes first. */
const BEYOND = 10 ** 15;

/** What an operator asks of alarms, and does with them. */
export class AlarmDesk {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly list: AlarmList,
    private readonly commands: Pick<AlarmCommands, 'give'>,
    private readonly past: Pick<AlarmHistoryService, 'of'>,
    private readonly kept: Pick<AlarmsRepository, 'one'>,
  ) {}

  /**
   * Standing alarms, the most urgent first, suppressed ones among them.
   * @throws Problem `unavailable` where they were not read yet: no alarms would be a lie
   */
  page(query: AlarmQuery): { items: Item[]; next: string | null } {
    const systems = systemIds(this.catalogue, query.system);
    if (!systems.every((system) => this.list.knows(system))) throw unread();
    const wanted = [...this.list.standing(systems)].filter(
      ({ priority, state, asset }) =>
        (query.priority === undefined || query.priority === priority) &&
        (query.state === undefined || query.state === state) &&
        (query.asset === undefined || query.asset === asset),
    );
    const page = pageOf('alarms', wanted, keyOf, query);
    return { items: page.items.map(itemOf), next: page.next };
  }

  /**
   * Sizes that alarm rules set for an asset, the gravest first.
   * @throws Problem `not-found`
   */
  limits(id: string, query: { limit: number; cursor?: string | undefined }) {
    const asset = this.catalogue.asset(id);
    if (asset === undefined) throw new Problem('not-found', `no pack declares the asset ${id}`);
    const limits = (this.catalogue.get(asset.system)?.alarms ?? []).flatMap((rule) => {
      const [type, metric] = rule.metric?.split('/') ?? [];
      const limit = type === asset.type ? limitOfRule(rule, asset.attributes) : null;
      return limit === null || metric === undefined
        ? []
        : [{ rule: rule.id, metric, priority: rule.priority, ...limit }];
    });
    return pageOf('limits', limits, ({ priority, rule }) => `${priority} ${rule}`, query);
  }

  /** Rules of the systems, and how they are called. */
  rules(query: { system?: string | undefined; limit: number; cursor?: string | undefined }) {
    const rules = systemIds(this.catalogue, query.system).flatMap((system, place) => {
      const pack = this.catalogue.get(system);
      return (pack?.alarms ?? []).map((rule) => ({
        place: String(place).padStart(3, '0'),
        told: { id: rule.id, system, name: nameOfRule(rule, pack), priority: rule.priority },
      }));
    });
    const { items, next } = pageOf('alarm-rules', rules, ({ place, told }) => `${place} ${told.id}`, query);
    return { items: items.map(({ told }) => told), next };
  }

  /**
   * Somebody does something to an alarm. Answers with the alarm as it is from then on.
   * @throws Problem `not-found` where it does not stand (any more); `conflict`, with the alarm as it is, where somebody was first
   */
  async command(command: AlarmCommand): Promise<Item> {
    const { id } = command;
    const outcome = await this.give(command);
    const alarm = this.newest(id);
    if (outcome === 'done') {
      if (alarm === null) throw unread();
      return itemOf(alarm);
    }
    const refusal = REFUSALS[outcome];
    throw new Problem(refusal.reason, `alarm ${id}: ${refusal.detail}`, alarm === null ? {} : { alarm: itemOf(alarm) });
  }

  /**
   * An alarm that stands, is set aside or ended of late, with what happened to it.
   * @throws Problem `not-found` where nothing is known of it
   */
  async one(id: string): Promise<z.input<typeof alarmDetail>> {
    const system = systemOf(id);
    if (!this.list.knows(system)) throw new Problem('not-found', `alarm ${id}: there is no such system`);
    const known = this.newest(id);
    const history = await this.past.of(system, id, known?.raisedAt);
    const alarm = known ?? history[0]?.alarm;
    if (alarm === undefined) throw new Problem('not-found', `alarm ${id}: nothing is known of it`);
    return { ...itemOf(alarm), history: history.map(happeningOf) };
  }

  /**
   * Whom a masked alarm is about, and where: the only way by which anybody learns it.
   * @throws Problem `not-found` where it does not stand (any more)
   */
  async disclose(id: string): Promise<z.input<typeof disclosedAlarm>> {
    const pack = this.catalogue.get(systemOf(id));
    const alarm = pack && (await this.kept.one(pack.id, id));
    if (!pack || !alarm) throw new Problem('not-found', `alarm ${id}: it does not stand, or no longer`);
    return new Teller(pack).disclose(alarm);
  }

  /** A person has seen several alarms. A critical one among others is left out: it is named alone. */
  async acknowledgeMany(
    items: readonly { id: string; version?: number | undefined }[],
    by: string,
  ): Promise<z.input<typeof acknowledgedItems>> {
    const results = items.map(async ({ id, version }) => {
      const critical = items.length > 1 && this.list.find(id)?.priority === 1;
      const seen = version === undefined ? {} : { version };
      const result: (typeof ACKNOWLEDGED)[number] = critical
        ? 'critical'
        : await this.tryGive({ id, by, act: { do: 'acknowledge' }, ...seen });
      const alarm = this.newest(id);
      return { id, result, alarm: alarm && itemOf(alarm) };
    });
    return { items: await Promise.all(results) };
  }

  /** Of a system that is not there nobody needs to wait for an evaluator. */
  private async give(command: AlarmCommand): Promise<CommandAnswer> {
    return this.catalogue.get(systemOf(command.id)) === undefined ? 'no-alarm' : this.commands.give(command);
  }

  private async tryGive(command: AlarmCommand): Promise<CommandAnswer | 'unavailable'> {
    try {
      return await this.give(command);
    } catch (error) {
      if (error instanceof Problem && error.reason === 'unavailable') return 'unavailable';
      throw error;
    }
  }

  /** An alarm as it was last told; null: nothing is known of it. */
  private newest(id: string): ToldAlarm | null {
    const standing = this.list.find(id);
    if (standing !== undefined) return standing;
    let last: ToldAlarm | null = null;
    for (const { alarm } of this.list.happenings([systemOf(id)])) if (alarm.id === id) last = alarm;
    return last;
  }
}

/** Why a command was not carried out. */
const REFUSALS = {
  'no-alarm': { reason: 'not-found', detail: 'it does not stand, or no longer' },
  changed: { reason: 'conflict', detail: 'it is no longer as it was seen; here it is as it is' },
  already: { reason: 'conflict', detail: 'it is so already: somebody was first' },
  aside: { reason: 'conflict', detail: 'it is shelved or out of service: bring it back first' },
  'needs-lead': { reason: 'forbidden', detail: 'shelving a critical alarm needs the grant lead' },
  'too-long': { reason: 'invalid-parameter', detail: 'a shelf holds for at most 8 hours' },
  'second-person': { reason: 'forbidden', detail: 'a second person has to sign' },
} as const satisfies Record<Exclude<CommandAnswer, 'done'>, { reason: ProblemReason; detail: string }>;

function unread(): Problem {
  return new Problem('unavailable', 'alarms were not read yet; ask again in a moment');
}

/** Text that sorts as an alarm desk does (`byUrgency`). */
function keyOf(alarm: StandingAlarm): string {
  return `${urgencyOf(alarm)}${alarm.priority} ${BEYOND - alarm.raisedAt} ${alarm.id}`;
}

function systemOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf('/')));
}

function itemOf({ hidden: _, ...told }: ToldAlarm): Item {
  const { raisedAt, changedAt, clearedAt, acknowledged, shelved, outOfService, comments, worsened, chattering } = told;
  return {
    ...told,
    raisedAt: iso(raisedAt),
    changedAt: iso(changedAt),
    clearedAt: clearedAt === null ? null : iso(clearedAt),
    acknowledged: acknowledged && { by: acknowledged.by, at: iso(acknowledged.at) },
    shelved: shelved && { ...shelved, at: iso(shelved.at), until: iso(shelved.until) },
    outOfService: outOfService && { ...outOfService, at: iso(outOfService.at) },
    worsened: worsened && { ...worsened, at: iso(worsened.at) },
    chattering: chattering && { count: chattering.count, since: iso(chattering.since), last: iso(chattering.last) },
    comments: comments.map((comment) => ({ ...comment, at: iso(comment.at) })),
  };
}
