import type { AlarmHappening, StandingAlarm } from '@citywall/model';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Subject } from 'rxjs';
import { AlarmList, type KeptHappening } from '../../../../../apps/server/src/alarms/alarm-list.js';
import { Annunciation } from '../../../../../apps/server/src/alarms/annunciation.service.js';
import type { FloodNews, KeptFlood } from '../../../../../apps/server/src/alarms/flood.repository.js';
import { happening } from '../../../../support/happening.js';

const T0 = 1_800_000_000_000;
let now = T0;
let list: AlarmList;
let news: Subject<FloodNews | null>;
let entry = 0;

const raised = (key: string, more: Partial<AlarmHappening['alarm']> = {}): KeptHappening => ({
  ...happening(key, 'raised', more, now),
  entry: `${now}-${entry++}`,
});
/** Raises alarms of the system water, each in a town of its own. */
function raise(...happenings: KeptHappening[]): void {
  const standing = happenings.map(({ alarm }) => alarm as StandingAlarm);
  list.apply('water', { standing, gone: [], happenings });
}
const many = (n: number, more: Partial<AlarmHappening['alarm']> = {}) =>
  Array.from({ length: n }, (_, i) => raised(`k${i}`, { town: `town ${i}`, ...more }));

async function started(kept: KeptFlood | null): Promise<Annunciation> {
  const repository = { kept: async () => kept, changes: () => news };
  const annunciation = new Annunciation(
    list,
    repository,
    () => ['water'],
    () => now,
  );
  annunciation.onApplicationBootstrap();
  news.next(null);
  await Promise.resolve();
  await Promise.resolve();
  return annunciation;
}
const open: Annunciation[] = [];
const begun = async (kept: KeptFlood | null = null) => {
  const annunciation = await started(kept);
  open.push(annunciation);
  annunciation.decide(true);
  return annunciation;
};

beforeEach(() => {
  jest.useFakeTimers();
  now = T0;
  entry = 0;
  list = new AlarmList();
  news = new Subject();
});
afterEach(() => {
  for (const each of open.splice(0)) each.beforeApplicationShutdown();
  jest.useRealTimers();
});

describe('the annunciation', () => {
  it('counts once what was kept is read and all alarms are, and what happened of late before', async () => {
    const annunciation = await begun();
    expect(annunciation.counts).toBe(false);
    const old = { ...raised('old'), at: T0 - 700_000 };
    list.replace('water', [], [old, ...many(3)]);
    expect(annunciation.counts).toBe(true);
    expect(annunciation.annunciator.due).toBe(3);
  });

  it('says which alarms are announced, finds a flood, and ends it as time goes by', async () => {
    list.replace('water', [], []);
    const annunciation = await begun();
    const announced: string[] = [];
    annunciation.watch((told) => announced.push(...told.announced));
    raise(...many(11));
    expect(announced).toHaveLength(11);
    expect(list.flood).toBe(T0);
    raise(raised('k11', { town: 'town 3' }), raised('k12', { town: 'town 3', priority: 1 }));
    expect(announced.slice(11)).toEqual(['water/high/reservoir/k12']);
    now += 601_000;
    jest.advanceTimersByTime(601_000);
    expect(list.flood).toBeNull();
    expect(annunciation.annunciator.due).toBe(0);
  });

  it('counts nothing twice, also when all is read anew', async () => {
    list.replace('water', [], []);
    const annunciation = await begun();
    const first = many(4);
    raise(...first);
    const next = raised('next');
    list.replace(
      'water',
      [...first, next].map(({ alarm }) => alarm as StandingAlarm),
      [...first, next],
    );
    list.replace('water', [], [...first, next]);
    expect(annunciation.annunciator.due).toBe(5);
    expect(annunciation.annunciator.shown().raw).toBe(0);
  });

  it('goes on after a restart where it was: the flood stands, what came meanwhile is counted, nothing is twice', async () => {
    list.replace('water', [], []);
    const before = await begun();
    const told = many(12);
    raise(...told);
    const kept = JSON.parse(JSON.stringify(before.state())) as KeptFlood;
    now += 60_000;
    const meanwhile = raised('meanwhile', { town: 'town 0' });
    list = new AlarmList();
    news = new Subject();
    const after = await begun(kept);
    const announced: string[] = [];
    after.watch((each) => announced.push(...each.announced));
    expect(list.flood).toBeNull();
    list.replace(
      'water',
      [...told, meanwhile].map(({ alarm }) => alarm as StandingAlarm),
      [...told, meanwhile],
    );
    expect(list.flood).toBe(T0);
    expect(after.annunciator.due).toBe(13);
    expect(announced).toEqual([]);
  });

  it('follows the process that decides, and decides nothing itself', async () => {
    list.replace('water', [], []);
    const annunciation = await begun();
    annunciation.decide(false);
    raise(...many(12));
    expect(list.flood).toBeNull();
    news.next({ since: T0 + 5, seats: 1 });
    expect(list.flood).toBe(T0 + 5);
    news.next({ since: null, seats: 3 });
    expect([list.flood, annunciation.annunciator.seats]).toEqual([null, 3]);
  });

  it('begins without a system whose alarms nobody can read, after a while', async () => {
    const annunciation = await begun();
    jest.advanceTimersByTime(10_000);
    expect(annunciation.counts).toBe(true);
  });
});
