import { COMMAND_ANSWERS, HOLDS } from '@citywall/alarms';
import { ALARM_EVENTS, ALARM_STATES, MAX_SHELVED, STANDING_STATES } from '@citywall/model';
import { z } from 'zod';
import { origin, paging, place, readingValue, systemParameter, time, timeParameter, words } from './common.js';

const PRIORITIES = ['1', '2', '3', '4'] as const;

const limit = z.object({
  side: z.enum(['above', 'below']).meta({ description: '`above`: reached from below' }),
  value: z.number().meta({ description: 'in the unit of the metric' }),
});

export const assetLimit = limit.extend({
  rule: z.string(),
  metric: z.string(),
  priority: z.int().min(1).max(4),
});
export const limitsQuery = z.strictObject(paging);

export const alarm = z.object({
  id: z.string().meta({ examples: ['water/river-over-warning/river/60711201'] }),
  system: z.string(),
  rule: z.string().meta({ description: "id of the rule in the pack's alarms.yaml" }),
  asset: z.string().nullable(),
  occurrence: z.string().nullable().meta({ description: 'id of the occurrence that it was born of' }),
  name: z.string().nullable().meta({ description: 'of the asset' }),
  priority: z.int().min(1).max(4).meta({ description: '1 red 紧急, 2 orange 重要, 3 yellow 一般, 4 blue 提示' }),
  state: z.enum(ALARM_STATES).meta({ description: '`normal` only in the answer to a command that ended it' }),
  unknown: z.boolean().meta({
    description: 'its input is silent, stale or bad: nobody knows whether it still holds; never resolved by it',
  }),
  raisedAt: time,
  changedAt: time.meta({ description: 'last change of state' }),
  clearedAt: time.nullable(),
  value: readingValue.nullable().meta({ description: 'newest value; null: an occurrence or an absence' }),
  unit: z.string().nullable(),
  metric: z.string().optional().meta({ description: 'name of the metric that is judged; absent: an occurrence' }),
  limit: limit.optional().meta({ description: 'what the value is held against' }),
  text: words.meta({ description: 'personal fields in it are masked' }),
  guidance: words.nullable().meta({ description: 'what the operator should do' }),
  group: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .meta({ description: 'values of the attributes that put alarms together' }),
  town: z.string().nullable(),
  suppressedBy: z.string().nullable().meta({ description: 'id of the alarm that explains this one' }),
  place: place.nullable(),
  origin,
  acknowledged: z.object({ by: z.string(), at: time }).nullable(),
  version: z.int().meta({
    description: 'grows with every change but that of the value alone; give it with a command, as it was seen',
  }),
  active: z.boolean().meta({ description: 'the condition holds, also of what is shelved' }),
  shelved: z
    .object({ by: z.string(), at: time, until: time, reason: z.string() })
    .nullable()
    .meta({ description: 'set aside for a time; at its end unacknowledged, if it still holds' }),
  outOfService: z
    .object({ by: z.string(), countersigned: z.string(), at: time, reason: z.string(), order: z.string() })
    .nullable()
    .meta({ description: 'not judged until somebody puts it back in service' }),
  worsened: z
    .object({ from: z.string(), to: z.string(), at: time })
    .nullable()
    .meta({ description: 'worse than when it was acknowledged (values), or a step of a ladder (`P3` → `P1`)' }),
  chattering: z
    .object({ since: time, count: z.int(), last: time })
    .nullable()
    .meta({ description: 'it comes and goes, so often by now: 抖动×n' }),
  comments: z
    .array(z.object({ by: z.string(), at: time, text: z.string() }))
    .meta({ description: 'the newest 20, oldest first' }),
  masked: z
    .literal(true)
    .optional()
    .meta({ description: 'it is of somebody private: neither name nor place is told (`…/disclose`)' }),
});

export const disclosedAlarm = z.object({
  name: z.string().nullable().meta({ description: 'of the asset' }),
  text: words,
  guidance: words.nullable(),
  place: place.nullable(),
  fields: z
    .array(z.object({ name: words, value: readingValue }))
    .meta({ description: 'personal fields of the occurrence that it was born of, as they came' }),
});

const priorityParameter = z
  .enum(PRIORITIES)
  .transform(Number)
  .optional()
  .meta({ description: '1 to 4', type: 'string', enum: [...PRIORITIES] });

export const alarmQuery = z.strictObject({
  system: systemParameter.optional(),
  priority: priorityParameter,
  state: z.enum(STANDING_STATES).optional(),
  asset: z.string().min(1).max(300).optional().meta({ description: 'asset id' }),
  ...paging,
});
export type AlarmQuery = z.output<typeof alarmQuery>;

export const alarmIdParameter = z
  .string()
  .min(3)
  .max(400)
  .meta({
    description: 'id of the alarm as one percent-encoded segment',
    examples: ['water/river-over-warning/river/60711201'],
  });

const version = z.int().min(0).optional().meta({
  description: 'of the alarm as it was seen: refused (`conflict`) where it has changed since; absent: whichever it is',
});
const reason = z.string().trim().min(1).max(200).meta({ description: 'why, for whoever comes next' });

export const alarmCommandBody = z.strictObject({ version });
export const shelveBody = z.strictObject({
  version,
  reason,
  minutes: z
    .int()
    .min(1)
    .max(MAX_SHELVED / 60_000)
    .meta({ description: 'on the shelf, at most 480 (8 h)' }),
});
export const discloseBody = z.strictObject({ reason });
export const commentBody = z.strictObject({
  version,
  text: z.string().trim().min(1).max(500).meta({ description: 'what is to be said' }),
});
export const disableBody = z.strictObject({
  version,
  reason,
  order: z.string().trim().min(1).max(64).meta({ description: 'number of the work order' }),
  countersign: z
    .strictObject({
      user: z.string().min(1).max(64),
      password: z.string().min(1).max(1_000),
      code: z.string().max(16).optional(),
    })
    .meta({ description: 'somebody else, who may sign (grant lead)' }),
});

/** At once, as the visible rows of a group. */
export const MAX_ACKNOWLEDGED = 500;
export const acknowledgeBody = z.strictObject({
  items: z
    .array(z.strictObject({ id: z.string().min(3).max(400), version }))
    .min(1)
    .max(MAX_ACKNOWLEDGED)
    .meta({ description: 'alarms, each as it was seen' }),
});
export const ACKNOWLEDGED = [...COMMAND_ANSWERS, 'critical', 'unavailable'] as const;
export const acknowledgedItem = z.object({
  id: z.string(),
  result: z.enum(ACKNOWLEDGED).meta({
    description:
      '`critical`: left out, name it alone; `changed`: no longer as it was seen; `unavailable`: nobody evaluates its system',
  }),
  alarm: alarm.nullable().meta({ description: 'as it is now; null: nothing is known of it' }),
});
export const acknowledgedItems = z.object({ items: z.array(acknowledgedItem) });

const historyWanted = {
  system: systemParameter.optional(),
  priority: priorityParameter,
  kind: z.enum(ALARM_EVENTS).optional().meta({ description: 'what happened' }),
  from: timeParameter.optional(),
  to: timeParameter.optional(),
  q: z.string().min(1).max(100).optional().meta({ description: 'part of id, name, text, person or what was said' }),
};
export const alarmHistoryQuery = z.strictObject({ ...historyWanted, ...paging });
export const alarmExportQuery = z.strictObject(historyWanted);
export type AlarmHistoryQuery = z.output<typeof alarmHistoryQuery>;

export const alarmHappening = z.object({
  at: time,
  kind: z.enum(ALARM_EVENTS).meta({ description: 'what happened' }),
  by: z.string().nullable().meta({ description: 'the person who did it; null: it came by itself' }),
  note: z.string().nullable().meta({ description: 'what the person said: reason, comment' }),
  id: z.string().meta({ description: 'of the alarm' }),
  system: z.string(),
  rule: z.string(),
  asset: z.string().nullable(),
  occurrence: z.string().nullable(),
  name: z.string().nullable(),
  priority: z.int().min(1).max(4),
  state: z.enum(ALARM_STATES).meta({ description: 'after it' }),
  unknown: z.boolean(),
  value: readingValue.nullable(),
  unit: z.string().nullable(),
  text: words,
  town: z.string().nullable(),
  suppressedBy: z.string().nullable(),
  origin,
});
export const alarmRow = alarmHappening
  .omit({ text: true })
  .extend({ text: z.string().meta({ description: 'in Chinese' }) })
  .meta({ description: 'one row of the table' });

export const rulesQuery = z.strictObject({ system: systemParameter.optional(), ...paging });
export const alarmRule = z.object({
  id: z.string().meta({ description: 'of the rule', examples: ['river-over-warning'] }),
  system: z.string(),
  name: words.meta({ description: 'what it is about: the kind of asset, and its text without what is filled in' }),
  priority: z.int().min(1).max(4),
});

export const alarmDetail = alarm.extend({
  history: z
    .array(alarmHappening)
    .meta({ description: 'what happened to it, newest first, at most 100 entries; its present life whole' }),
});

const count = z.int().min(0);
const HELD = HOLDS.filter((hold) => hold !== 'chattering');
/** Standing ones that are not shown, by reason. */
const heldStanding = z
  .object({ 'out-of-service': count, shelved: count, suppressed: count, list: count, flood: count })
  .meta({
    description:
      '`suppressed`: a cause explains it; in a flood `list`: priority 4, in the list only; `flood`: collapsed into the line of its group',
  });
const priority = z.int().min(1).max(4);

export const alarmSummary = z.object({
  flood: z
    .object({
      since: time.nullable().meta({ description: 'null: there is none' }),
      seats: z.int().min(1).meta({ description: 'at which alarms are handled' }),
      due: count.meta({ description: 'calls of the last ten minutes that would have been told without a flood' }),
      beginsAbove: count.meta({ description: 'more than so many due calls are a flood' }),
      endsBelow: count.meta({ description: 'fewer than so many end it' }),
    })
    .meta({ description: 'whether there is a flood of alarms, and how far the next one is' }),
  calls: z
    .object({
      raw: count.meta({ description: 'announced and held back together' }),
      announced: count,
      held: z
        .object(Object.fromEntries(HOLDS.map((hold) => [hold, count])) as Record<(typeof HOLDS)[number], typeof count>)
        .meta({ description: '`chattering`: it came again while it comes and goes' }),
    })
    .meta({ description: 'what called for somebody in the last ten minutes, and what became of it' }),
  standing: z
    .object({ raw: count.meta({ description: 'shown and held back together' }), shown: count, held: heldStanding })
    .meta({ description: 'what stands or is set aside now' }),
  causes: z
    .array(
      z.object({
        id: z.string().meta({ description: 'alarm that explains them in the end' }),
        name: z.string().nullable(),
        text: words.nullable(),
        priority: priority.nullable().meta({ description: 'null: it is not known (any more)' }),
        held: count.meta({ description: 'alarms that it holds back' }),
      }),
    )
    .meta({ description: 'what holds back the most, at most 100' }),
  moreCauses: count,
  groups: z
    .array(
      z.object({
        id: z.string(),
        place: z.array(z.string()).nullable().meta({ description: 'attributes that put it together; null: a rule' }),
        rule: z.string().nullable().meta({ description: '`system/rule` of its root; null: a place' }),
        gravest: priority.nullable().meta({ description: 'of what is open; null: nothing is' }),
        raw: count,
        shown: count,
        held: heldStanding,
        line: z.string().nullable().meta({ description: 'alarm that is its line in a flood' }),
        first: z
          .object({
            id: z.string(),
            system: z.string(),
            name: z.string().nullable(),
            text: words,
            priority,
            raisedAt: time,
            stands: z.boolean().meta({ description: 'false: it is over, others of the group are not' }),
            held: z.enum(HELD).nullable().meta({ description: 'why it is not shown' }),
          })
          .meta({ description: 'first-out: the alarm of the group that was raised first, as it was then' }),
      }),
    )
    .meta({ description: 'alarms of one cause or place, the gravest first, at most 200' }),
  moreGroups: count,
});
