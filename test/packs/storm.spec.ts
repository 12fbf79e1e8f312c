import { AlarmMachine, Annunciator, HOLDS, type Told } from '@citywall/alarms';
import { compileFeeds } from '@citywall/mapping';
import type { AlarmHappening } from '@citywall/model';
import { alarmCatalogue } from '@citywall/pack-schema';
import { applyCommand, createSimulation, faultsOf, initialState, type SimulatedMessage } from '@citywall/simulator';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Teller } from '../../apps/server/src/alarms/told.js';
import { compileOptions } from '../../apps/server/src/packs/compile.js';
import { packs as builtin } from '../support/builtin-packs.js';

jest.setTimeout(300_000);

/**
 * The rainstorm of the city with its faults, through the feeds, the rules and the annunciator of all packs, minute by minute: what
 * calls, what is announced, and what is held back by which cause. Nobody acknowledges anything: the worst case.
 */
const T0 = Date.parse('2026-07-09T14:00:00+08:00');
const MINUTE = 60_000;
/** minutes of the story */
const [FROM, UNTIL] = [-10, 70];
/** how often what came is told, ms */
const STEP = 30_000;

interface Call {
  minute: number;
  told: Told;
  alarm: AlarmHappening['alarm'];
  /** when it came there was a flood already */
  flooded: boolean;
}

const systems = builtin.filter(({ kind }) => kind === 'system');
const encoder = new TextEncoder();

/** One pack as the server runs it. */
function lineOf(pack: (typeof systems)[number], begin: number) {
  const feeds = compileFeeds(pack.feeds, compileOptions(pack));
  const machine = new AlarmMachine(pack.id, pack.alarms, alarmCatalogue(pack), { now: begin });
  const teller = new Teller(pack);
  /** by series: the newest measured time, as state lets only what is newest through */
  const newest = new Map<string, number>();
  for (const { metric, when } of pack.alarms)
    if (metric !== undefined && when?.absent !== undefined)
      for (const { id, type, inService } of pack.assets)
        if (inService && metric.startsWith(`${type}/`)) machine.expect(id, metric, begin);
  return {
    machine,
    teller,
    hear({ topic, payload, due }: SimulatedMessage): void {
      const bytes = typeof payload === 'string' ? encoder.encode(payload) : payload;
      const results = feeds.map({ topic, payload: bytes, receivedAt: due, retained: false, origin: 'simulated' });
      for (const { feed, readings, occurrences } of results) {
        for (const { type, key, metric, ...reading } of readings) {
          const asset = `${pack.id}/${type}/${key}`;
          const series = `${asset} ${metric}`;
          if (reading.at < (newest.get(series) ?? 0)) continue;
          newest.set(series, reading.at);
          machine.reading({ ...reading, asset, metric, origin: 'simulated', feed }, due);
        }
        for (const { asset, ...occurrence } of occurrences) {
          const of = asset === undefined ? {} : { asset: `${pack.id}/${asset.type}/${asset.key}` };
          machine.occurrence(
            { ...occurrence, ...of, origin: 'simulated', feed: `occurrences:${occurrence.type}` },
            due,
          );
        }
      }
    },
  };
}

/** What came of ten minutes. */
interface Ten {
  from: number;
  told: Record<Told, number>;
  reds: number;
  raw: number;
  shown: number;
}

describe('the rainstorm at one seat', () => {
  const calls: Call[] = [];
  const minutes: { minute: number; raw: number; shown: number; held: number; foldedReds: number }[] = [];
  const holders = new Map<string, number>();
  const floods: { since: number; until: number | null }[] = [];

  beforeAll(() => {
    const begin = T0 + FROM * MINUTE;
    const scenarios = builtin.flatMap((pack) => pack.scenarios);
    const order = { kind: 'start', scenario: 'rainstorm', at: FROM } as const;
    const { runs, ...rest } = applyCommand(initialState(begin, 'citywall'), order, scenarios, begin);
    const faults = faultsOf({ runs, ...rest }, scenarios);
    const simulation = createSimulation(systems, { seed: 'citywall', scenarios, runs, faults });
    const lines = new Map(systems.map((pack) => [pack.id, lineOf(pack, begin)]));
    const annunciator = new Annunciator({ now: begin });
    const hear = (messages: readonly SimulatedMessage[]) => {
      for (const message of messages) lines.get(message.source.split('/')[0] ?? '')?.hear(message);
    };
    const note = (minute: number) => {
      const { raw, shown, held } = annunciator.shown();
      const reds = [...lines.values()].flatMap(({ machine }) =>
        [...machine.all()].filter(({ priority }) => priority === 1),
      );
      const folded = reds.filter(({ id }) => ['flood', 'list'].includes(annunciator.holdOf(id) ?? ''));
      minutes.push({ minute, raw, shown, held: sum(Object.values(held)), foldedReds: folded.length });
      for (const [cause, n] of annunciator.groups.causes()) holders.set(cause, Math.max(holders.get(cause) ?? 0, n));
    };
    hear(simulation.opening(begin, false));
    for (let now = begin + STEP; now < T0 + UNTIL * MINUTE; now += STEP) {
      hear(simulation.between(now - STEP, now, 10_000));
      const happened: AlarmHappening[] = [];
      for (const { machine, teller } of lines.values()) {
        machine.advance(now);
        const { saved, gone, events } = machine.take();
        for (const alarm of saved) {
          const told = teller.tellStanding(alarm);
          if (told === null) annunciator.delete(alarm.id);
          else annunciator.set(told);
        }
        for (const id of gone) annunciator.delete(id);
        happened.push(...events.map(({ kind, at, alarm }) => ({ kind, at, alarm: teller.tell(alarm) })));
      }
      annunciator.advance(now);
      for (const happening of happened.sort((a, b) => a.at - b.at)) {
        const flooded = annunciator.since !== null;
        const told = annunciator.happen(happening);
        if (told === null) continue;
        const { at, alarm } = happening;
        calls.push({ minute: (at - T0) / MINUTE, told, alarm, flooded });
      }
      const open = floods.at(-1);
      if (annunciator.since !== null && open?.until !== null)
        floods.push({ since: minuteOf(annunciator.since), until: null });
      else if (annunciator.since === null && open?.until === null) open.until = minuteOf(now);
      if ((now - T0) % MINUTE === 0) note(minuteOf(now));
    }
    process.stdout.write(`${told(tens(), floods, holders, calls)}\n`);
  });

  function tens(): Ten[] {
    const list: Ten[] = [];
    for (let from = FROM; from < UNTIL; from += 10) {
      const these = calls.filter(({ minute }) => minute >= from && minute < from + 10);
      const by = Object.fromEntries(TOLD.map((word) => [word, these.filter((call) => call.told === word).length]));
      const reds = these.filter((call) => call.told === 'announced' && call.alarm.priority === 1).length;
      const { raw = 0, shown = 0 } = minutes.findLast(({ minute }) => minute <= from + 10) ?? {};
      list.push({ from, told: by as Ten['told'], reds, raw, shown });
    }
    return list;
  }

  it('is a flood while it rains hardest, and over when it has rained', () => {
    expect(floods[0]?.since).toBeGreaterThan(10);
    expect(floods[0]?.since).toBeLessThan(36);
    expect(floods.at(-1)?.until).not.toBeNull();
  });

  it('[AL46] in it at most ten are announced in any ten minutes beside P1', () => {
    const others = calls.filter(({ told, flooded, alarm }) => flooded && told === 'announced' && alarm.priority > 1);
    expect(others.length).toBeGreaterThan(0);
    for (const { minute } of others)
      expect(others.filter((call) => call.minute > minute - 10 && call.minute <= minute).length).toBeLessThanOrEqual(
        10,
      );
  });

  it('[AL45] every P1 that no cause explains is announced and shown', () => {
    const reds = calls.filter(({ alarm }) => alarm.priority === 1);
    expect(reds.filter(({ told }) => told === 'announced').length).toBeGreaterThan(3);
    expect(reds.filter(({ told }) => told === 'flood' || told === 'list')).toEqual([]);
    expect(minutes.filter(({ foldedReds }) => foldedReds > 0)).toEqual([]);
  });

  it('[AL42] [AL47] raw = shown + held back, of every minute and of every ten', () => {
    expect(minutes.filter(({ raw, shown, held }) => raw !== shown + held)).toEqual([]);
    expect(sum(tens().map(({ told }) => sum(Object.values(told))))).toBe(calls.length);
  });

  it('what a cause explains is held back for it', () => {
    expect([...holders.keys()]).toContain('water/water-40/waterlogging/60711401');
  });
});

const TOLD: readonly Told[] = ['announced', ...HOLDS];
const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
const minuteOf = (at: number) => Math.round((at - T0) / 6_000) / 10;

/** The table of docs/console.md. */
function told(
  tens: readonly Ten[],
  floods: readonly { since: number; until: number | null }[],
  holders: ReadonlyMap<string, number>,
  calls: readonly Call[],
): string {
  const lines = [
    '| T+min | raw | announced | of them P1 | suppressed | collapsed | P4 list | standing | shown | held back |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...tens.map(({ from, told: by, reds, raw, shown }) => {
      const cells = [
        sum(Object.values(by)),
        by.announced,
        reds,
        by.suppressed,
        by.flood,
        by.list,
        raw,
        shown,
        raw - shown,
      ];
      return `| ${from}–${from + 10} | ${cells.join(' | ')} |`;
    }),
    `floods: ${floods.map(({ since, until }) => `T+${since} to ${until === null ? '…' : `T+${until}`}`).join(', ')}`,
    'held back by one cause at once, the most:',
    ...[...holders]
      .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
      .slice(0, 8)
      .map(([id, n]) => `  ${n} ${id}`),
    'collapsed or listed, by rule:',
    ...tally(calls.filter(({ told: word }) => word === 'flood' || word === 'list')).slice(0, 10),
    'announced in the flood beside P1, by rule:',
    ...tally(calls.filter(({ told: word, flooded, alarm }) => word === 'announced' && flooded && alarm.priority > 1)),
  ];
  return lines.join('\n');
}

function tally(calls: readonly Call[]): string[] {
  const counts = new Map<string, number>();
  for (const { alarm } of calls) {
    const rule = `P${alarm.priority} ${alarm.system}/${alarm.rule}`;
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([rule, n]) => `  ${n} ${rule}`);
}
