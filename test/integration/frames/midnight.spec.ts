import { startOfDay } from '@citywall/aggregate';
import { EVENTS } from '@citywall/protocol';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { type Service, startMosquitto, startRedis } from '../../support/services.js';
import { eventually, type LabServer, labSite, type Site, startLab } from '../feeds/lab.js';
import { TestDisplay } from './open-frames.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const [CASES, FLOW, TODAY, YESTERDAY, LIST, NEWEST] = [0, 1, 2, 3, 4, 5] as const;
const FEEDS = `feeds:
  - id: levels
    topic: lab/level/{key}
    asset: node/{key}
    at: { path: ts, as: unix_ms }
    readings: { level: v }
  - id: cases
    topic: lab/case
    occurrences:
      - { id: id, type: case, at: { path: ts, as: unix_ms }, status: { const: open }, fields: { text: text } }
`;
/** Hours of a quarter: yesterday is a day of its own. */
const METRICS = `metrics:
  - { id: node/level, name: { zh: 水位, en: Level }, unit: m, kind: gauge, range: [0, 100], history: quarter }
`;
const LINE = 'kind: series, asset: node/a, metric: level, window: 1h, step: 1h, since: today';
const SCENE = `scenes:
  - id: lab
    name: { zh: 实验, en: Lab }
    grid: { columns: 5, rows: 1 }
    panels:
      - id: cases
        type: figure
        at: { x: 0, y: 0, w: 1, h: 1 }
        title: { zh: 今日, en: Today }
        views: { main: { kind: tally, type: case, by: status, since: today } }
        options: { main: { show: count } }
      - id: flow
        type: flow
        at: { x: 1, y: 0, w: 1, h: 1 }
        title: { zh: 流向, en: Flow }
        views: { links: { kind: flow, type: case, stages: ['field:text', status], since: today } }
        options: { stages: [{ name: { zh: 类, en: Sort } }, { name: { zh: 状态, en: Status } }] }
      - id: level
        type: line
        at: { x: 2, y: 0, w: 1, h: 1 }
        title: { zh: 水位, en: Level }
        views: { series: { ${LINE} }, past: { ${LINE}, shift: 1d } }
      - id: newest
        type: timeline
        at: { x: 3, y: 0, w: 1, h: 1 }
        title: { zh: 案件, en: Cases }
        views: { rows: { kind: list, types: [case], limit: 10 } }
      - id: door
        type: table
        at: { x: 4, y: 0, w: 1, h: 1 }
        title: { zh: 新值, en: Newest }
        views: { rows: { kind: latest, type: node, metrics: [level] } }
        options: { columns: [{ metric: level, name: { zh: 水位, en: Level } }] }
`;

/**
 * 00:00 Asia/Shanghai as a whole server goes through it: MQTT in, Redis, frames out to a display that nobody touches. The clock of
 * the process stands two seconds before midnight until the evening is on the screen, and goes on from there.
 */
describe('midnight through the whole server', () => {
  const wallClock = Date.now.bind(Date);
  const midnight = startOfDay(wallClock()) + DAY;
  let released: number | null = null;
  let broker: Service;
  let redis: Service;
  let site: Site;
  let lab: LabServer;
  let publisher: MqttClient;
  let display: TestDisplay;
  /** What stood on the screen after each frame, from the first whole picture of the evening on. */
  const seen: { at: number; cases: unknown; today: number; yesterday: number; list: number }[] = [];

  beforeAll(async () => {
    jest
      .spyOn(Date, 'now')
      .mockImplementation(() => midnight - 2_000 + (released === null ? 0 : wallClock() - released));
    [broker, redis] = await Promise.all([startMosquitto(), startRedis()]);
    publisher = await connectAsync(broker.url, { protocolVersion: 5 });
    site = labSite({ 'feeds.yaml': FEEDS, 'metrics.yaml': METRICS, 'scene.yaml': SCENE });
    lab = await startLab(site, broker.url, redis.url, {
      CITYWALL_ROLES: 'ingest,push',
      CITYWALL_DEMO: '1',
      CITYWALL_PORT: '0',
    });
    display = new TestDisplay(lab.server.url ?? '', 'lab');
  });
  afterAll(async () => {
    display?.close();
    await publisher?.endAsync();
    await lab?.stop();
    site?.remove();
    await Promise.all([broker?.stop(), redis?.stop()]);
    jest.restoreAllMocks();
  });

  const say = (topic: string, payload: object) => publisher.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
  const level = (ts: number, v: number) => say('lab/level/a', { v, ts });
  const open = (id: string, ts: number) => say('lab/case', { id, ts, text: '巡查' });
  const hours = (view: number) => display.screen.views[view]?.order.map(Number) ?? [];
  const count = () => display.screen.meta(CASES).count;
  const whole = (day: number) => Array.from({ length: 24 }, (_, i) => day + i * HOUR);

  it('shows the evening: what was counted today, the lines of today and of yesterday', async () => {
    // two days, an hour each, the level a metre higher the second day; the newest first, as a logger that empties its store
    for (const at of [...whole(midnight - 2 * DAY), ...whole(midnight - DAY)].reverse()) {
      await level(at + HOUR / 2, at < midnight - DAY ? 10 : 11);
    }
    await open('1', midnight - HOUR);
    await open('2', midnight - 5_000);
    // the clock stands still, and with it all that is drawn again after a while: the display comes once everything is kept
    const kept = async () => [
      (await lab.state.readings({ systems: ['lab'], limit: 100 })).items.length,
      (await lab.state.occurrences({ systems: ['lab'], limit: 100 })).items.length,
    ];
    await eventually(kept, ([levels, cases]) => levels === 48 && cases === 2);
    expect(await display.join()).toEqual({ ok: true });
    await display.until(
      () =>
        // the scene's six, and the header's two of alarms
        display.screen.views.length === 8 &&
        count() === 2 &&
        hours(TODAY).length === 24 &&
        hours(YESTERDAY).length === 24 &&
        display.screen.rows(NEWEST)[0]?.value === 11,
    );
    expect(hours(TODAY)).toEqual(whole(midnight - DAY));
    expect(hours(YESTERDAY)).toEqual(whole(midnight - 2 * DAY));
    expect(display.screen.rows(FLOW)).toHaveLength(1);
    expect(Date.now()).toBe(midnight - 2_000);
  });

  it('rolls over within a second, with no frame lost, no picture anew, and nothing empty in between', async () => {
    display.socket.on(EVENTS.frame, () => {
      const { screen } = display;
      seen.push({
        at: screen.frames.at(-1)!.at,
        cases: count(),
        today: hours(TODAY).length,
        yesterday: hours(YESTERDAY).length,
        list: screen.rows(LIST).length,
      });
    });
    released = wallClock();
    await display.until(() => count() === 0 && hours(YESTERDAY)[0] === midnight - DAY);
    expect(Date.now()).toBeGreaterThanOrEqual(midnight);
    // the count of today is not nought before midnight, and that of yesterday does not stay longer than a second
    expect(seen.filter(({ at, cases }) => at < midnight && cases !== 2)).toEqual([]);
    expect(seen.filter(({ at, cases }) => at > midnight + 1_000 && cases !== 0)).toEqual([]);
    expect(display.screen.rows(FLOW)).toEqual([]);
    // yesterday's line is whole in every picture: first the day before, then the day that ended
    expect(new Set(seen.map(({ yesterday }) => yesterday))).toEqual(new Set([24]));
    expect(hours(YESTERDAY)).toEqual(whole(midnight - DAY));
    expect(display.screen.rows(YESTERDAY).map(({ avg }) => avg)).toEqual(Array(24).fill(11));
    // a list is not of today
    expect(new Set(seen.map(({ list }) => list))).toEqual(new Set([2]));
    expect(display.screen.snapshots).toHaveLength(1);
    expect(display.closes).toEqual([]);
  });

  it('counts the new day from its first message', async () => {
    await level(midnight + 100, 12);
    await open('3', midnight + 200);
    await display.until(() => count() === 1 && hours(TODAY)[0] === midnight);
    expect(hours(TODAY)).toEqual([midnight]);
    expect(display.screen.rows(TODAY)[0]).toMatchObject({ last: 12, count: 1 });
    expect(display.screen.rows(FLOW)).toHaveLength(1);
    expect(display.screen.rows(LIST)).toHaveLength(3);
    // the reader of frames refuses one that does not follow the one before
    const numbers = display.screen.frames.map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
    expect(display.socket.connected).toBe(true);
  });
});
