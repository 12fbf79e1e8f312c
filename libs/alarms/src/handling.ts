import { MAX_SHELVED } from '@citywall/model';
import { type Alarm, isAside, isStanding } from './alarm.js';
import type { AlarmAct, AlarmCommand, CommandAnswer } from './command.js';
import type { Context } from './context.js';
import type { AlarmLives } from './lives.js';
import type { Outbox } from './outbox.js';

/** Comments kept with an alarm; older ones are in the journal. */
export const KEPT_COMMENTS = 20;

type ActOf<Do extends AlarmAct['do']> = Extract<AlarmAct, { do: Do }>;

/** What people do to alarms, with an optimistic lock. It knows states, never readings. Times are Unix ms. */
export class AlarmHandling {
  constructor(
    private readonly context: Context,
    private readonly outbox: Outbox,
    private readonly lives: AlarmLives,
  ) {}

  /** Carries out a command, or tells why not [AL27]–[AL32]. */
  command({ id, by, act, version, lead = false }: AlarmCommand): CommandAnswer {
    const alarm = act.do === 'disable' ? this.lives.getOrMake(id) : this.lives.get(id);
    if (alarm === undefined || !(isStanding(alarm) || isAside(alarm) || act.do === 'disable')) return 'no-alarm';
    // one that was made to be disabled has nothing that could have been seen
    if (version !== undefined && version < alarm.version) return 'changed';
    const answer = this.carryOut(alarm, by, act, lead);
    if (answer === 'done' || act.do === 'disable') this.lives.rest(alarm);
    return answer;
  }

  /** When the time of a shelved alarm is over; infinity: it is not shelved. */
  dueOf(id: string): number {
    return this.lives.get(id)?.shelved?.until ?? Number.POSITIVE_INFINITY;
  }

  /** Time alone: the end of a shelving [AL30]. */
  look(id: string): void {
    const alarm = this.lives.get(id);
    if (alarm?.shelved && alarm.shelved.until <= this.context.clock) {
      this.bringBack(alarm);
      this.lives.rest(alarm);
    }
  }

  private carryOut(alarm: Alarm, by: string, act: AlarmAct, lead: boolean): CommandAnswer {
    switch (act.do) {
      case 'acknowledge':
        return this.acknowledge(alarm, by);
      case 'unacknowledge':
        return this.unacknowledge(alarm, by);
      case 'shelve':
        return this.shelve(alarm, by, act, lead);
      case 'unshelve':
        return this.unshelve(alarm, by);
      case 'comment':
        return this.comment(alarm, by, act);
      case 'disable':
        return this.disable(alarm, by, act);
      case 'enable':
        return this.enable(alarm, by);
    }
  }

  private acknowledge(alarm: Alarm, by: string): CommandAnswer {
    if (isAside(alarm)) return 'aside';
    if (alarm.acknowledged !== null) return 'already';
    const { clock } = this.context;
    alarm.acknowledged = { by, at: clock };
    alarm.seenValue = typeof alarm.value === 'number' ? alarm.value : null;
    this.outbox.tell('acknowledged', alarm, clock, { by });
    if (alarm.standing === 'cleared') alarm.standing = 'none';
    return 'done';
  }

  private unacknowledge(alarm: Alarm, by: string): CommandAnswer {
    if (isAside(alarm)) return 'aside';
    if (alarm.acknowledged === null) return 'already';
    alarm.acknowledged = null;
    this.outbox.tell('unacknowledged', alarm, this.context.clock, { by });
    return 'done';
  }

  private shelve(alarm: Alarm, by: string, { time, reason }: ActOf<'shelve'>, lead: boolean): CommandAnswer {
    const { clock } = this.context;
    if (alarm.outOfService !== null) return 'aside';
    if (alarm.shelved !== null) return 'already';
    if (alarm.priority === 1 && !lead) return 'needs-lead';
    if (!(time > 0 && time <= MAX_SHELVED)) return 'too-long';
    alarm.shelved = { by, at: clock, until: clock + time, reason };
    this.outbox.tell('shelved', alarm, clock, { by, note: reason });
    return 'done';
  }

  private unshelve(alarm: Alarm, by: string): CommandAnswer {
    if (alarm.shelved === null) return 'already';
    this.bringBack(alarm, by);
    return 'done';
  }

  /** Off the shelf: whoever sees it again has not seen it yet; what is over was seen by who set it aside. */
  private bringBack(alarm: Alarm, by?: string): void {
    alarm.shelved = null;
    alarm.acknowledged = null;
    if (alarm.standing === 'cleared') alarm.standing = 'none';
    alarm.announcedAt = this.context.clock;
    this.outbox.tell('unshelved', alarm, this.context.clock, by === undefined ? {} : { by });
  }

  private comment(alarm: Alarm, by: string, { text }: ActOf<'comment'>): CommandAnswer {
    const { clock } = this.context;
    alarm.comments = [...alarm.comments, { by, at: clock, text }].slice(-KEPT_COMMENTS);
    this.outbox.tell('commented', alarm, clock, { by, note: text });
    return 'done';
  }

  private disable(alarm: Alarm, by: string, { reason, order, countersigned }: ActOf<'disable'>): CommandAnswer {
    if (alarm.outOfService !== null) return 'already';
    if (countersigned === '' || countersigned === by) return 'second-person';
    const { clock } = this.context;
    this.lives.retire(alarm);
    alarm.shelved = null;
    alarm.outOfService = { by, countersigned, at: clock, reason, order };
    this.outbox.tell('disabled', alarm, clock, { by, note: reason });
    this.lives.explainConsequences(alarm);
    return 'done';
  }

  private enable(alarm: Alarm, by: string): CommandAnswer {
    if (alarm.outOfService === null) return 'already';
    alarm.outOfService = null;
    this.outbox.tell('enabled', alarm, this.context.clock, { by });
    this.lives.judgeAgain(alarm);
    return 'done';
  }
}
