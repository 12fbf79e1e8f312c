import type { StandingAlarm } from '@citywall/model';
import type { z } from 'zod';
import { type Catalogue, systemIds } from '../api/catalogue.js';
import { pageOf } from '../api/cursor.js';
import { Problem } from '../api/problem.js';
import type { AlarmQuery, alarm } from '../api/schemas/alarms.js';
import { iso } from '../api/schemas/common.js';
import { type AlarmList, urgencyOf } from './alarm-list.js';
import type { AlarmsRepository } from './alarms.repository.js';

type Item = z.input<typeof alarm>;

/** Times count down in keys, so that the newest comes first. */
const BEYOND = 10 ** 15;

/** What an operator asks of alarms, and does with them. */
export class AlarmDesk {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly list: AlarmList,
    private readonly store: Pick<AlarmsRepository, 'acknowledge'>,
    private readonly now: () => number = Date.now,
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
   * A person has seen an alarm. Answers with the alarm as it is from then on.
   * @throws Problem `not-found` where it does not stand (any more), `conflict` where somebody was first
   */
  async acknowledge(id: string, by: string): Promise<Item> {
    const at = this.now();
    const before = this.list.find(id);
    switch (await this.store.acknowledge({ id, by, at })) {
      case 'no-alarm':
        throw new Problem('not-found', `alarm ${id}: it does not stand, or no longer`);
      case 'already':
        throw new Problem('conflict', `alarm ${id}: somebody has acknowledged it already`);
      default:
    }
    if (before === undefined) throw unread();
    const state = before.state === 'cleared-unacknowledged' ? before.state : 'active-acknowledged';
    return itemOf({ ...before, state, changedAt: at, acknowledged: { by, at } });
  }
}

function unread(): Problem {
  return new Problem('unavailable', 'alarms were not read yet; ask again in a moment');
}

/** Text that sorts as an alarm desk does (`byUrgency`). */
function keyOf(alarm: StandingAlarm): string {
  return `${urgencyOf(alarm)}${alarm.priority} ${BEYOND - alarm.raisedAt} ${alarm.id}`;
}

function itemOf({ hidden: _, raisedAt, changedAt, clearedAt, acknowledged, ...alarm }: StandingAlarm): Item {
  return {
    ...alarm,
    raisedAt: iso(raisedAt),
    changedAt: iso(changedAt),
    clearedAt: clearedAt === null ? null : iso(clearedAt),
    acknowledged: acknowledged && { by: acknowledged.by, at: iso(acknowledged.at) },
  };
}
