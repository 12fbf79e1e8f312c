import { type AlarmGroup, FLOOD_BEGINS_ABOVE, FLOOD_ENDS_BELOW, gravestOf, holdIn } from '@citywall/alarms';
import type { z } from 'zod';
import { type Catalogue, systemIds } from '../api/catalogue.js';
import { Problem } from '../api/problem.js';
import type { alarmSummary } from '../api/schemas/alarms.js';
import { iso } from '../api/schemas/common.js';
import type { AlarmList } from './alarm-list.js';
import type { Annunciation } from './annunciation.service.js';

type Summary = z.input<typeof alarmSummary>;
/** Groups and causes that are written out; the rest is a number. */
const MAX_GROUPS = 200;
const MAX_CAUSES = 100;

/** What is shown and what is held back, by reason, cause and group; and how far the next flood is. */
export class AlarmSummary {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly list: Pick<AlarmList, 'knows' | 'find'>,
    private readonly annunciation: Pick<Annunciation, 'annunciator' | 'counts'>,
  ) {}

  /** @throws Problem `unavailable` where alarms were not read yet: none would be a lie */
  summary(): Summary {
    if (!this.annunciation.counts || !systemIds(this.catalogue, undefined).every((system) => this.list.knows(system)))
      throw new Problem('unavailable', 'alarms were not read yet; ask again in a moment', { retryAfter: 1 });
    const { annunciator } = this.annunciation;
    const { since, seats, due } = annunciator;
    const { announced, ...held } = annunciator.heard();
    const groups = [...annunciator.groups.all()].sort(byGravity);
    const causes = [...annunciator.groups.causes()].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    return {
      flood: {
        since: since === null ? null : iso(since),
        seats,
        due,
        beginsAbove: FLOOD_BEGINS_ABOVE * seats,
        endsBelow: FLOOD_ENDS_BELOW * seats,
      },
      calls: { raw: announced + Object.values(held).reduce((sum, n) => sum + n, 0), announced, held },
      standing: annunciator.shown(),
      causes: causes.slice(0, MAX_CAUSES).map(([id, n]) => {
        const cause = this.list.find(id);
        return { id, name: cause?.name ?? null, text: cause?.text ?? null, priority: cause?.priority ?? null, held: n };
      }),
      moreCauses: Math.max(0, causes.length - MAX_CAUSES),
      groups: groups.slice(0, MAX_GROUPS).map((group) => this.groupOf(group)),
      moreGroups: Math.max(0, groups.length - MAX_GROUPS),
    };
  }

  private groupOf(group: AlarmGroup): Summary['groups'][number] {
    const { id, is, size, first, open, suppressed, shelved, outOfService } = group;
    const flooded = this.annunciation.annunciator.since !== null;
    const line = this.annunciation.annunciator.groups.lineOf(id);
    const list = flooded ? open[3] : 0;
    const flood = flooded && line !== null ? open[1] + open[2] - 1 : 0;
    const stands = this.list.find(first.id);
    return {
      id,
      place: is.by === 'place' ? is.values : null,
      rule: is.by === 'rule' ? `${is.system}/${is.rule}` : null,
      gravest: gravestOf(group),
      raw: size,
      shown: open.reduce((sum, n) => sum + n, 0) - list - flood,
      held: { 'out-of-service': outOfService, shelved, suppressed, list, flood },
      line,
      first: {
        id: first.id,
        system: first.system,
        name: first.name,
        text: first.text,
        priority: first.priority,
        raisedAt: iso(first.raisedAt),
        stands: stands !== undefined,
        held: stands === undefined ? null : holdIn(stands, flooded, line),
      },
    };
  }
}

/** What is graver first, then what is larger. */
function byGravity(a: AlarmGroup, b: AlarmGroup): number {
  return (gravestOf(a) ?? 5) - (gravestOf(b) ?? 5) || b.size - a.size || (a.id < b.id ? -1 : 1);
}
