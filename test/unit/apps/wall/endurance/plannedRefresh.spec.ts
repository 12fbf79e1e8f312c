import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  PlannedRefresh,
  QUIET_MINUTE,
  type RefreshPlan,
  refreshMinute,
} from '../../../../../apps/wall/src/endurance/plannedRefresh.js';

const MINUTE = 60_000;
/** midnight in the county */
const MIDNIGHT = Date.parse('2026-07-10T00:00:00+08:00');
const page = (build: string) =>
  `<html><head><script type="module" crossorigin src="/assets/${build}.js"></script><link rel="stylesheet" href="/assets/a.css"></head></html>`;

describe('planned refresh', () => {
  let now: number;
  let live: boolean;
  let files: Map<string, string>;
  let reloads: string[];
  let asked: string[];

  beforeEach(() => {
    now = MIDNIGHT;
    live = true;
    reloads = [];
    asked = [];
    serve('index-one');
  });

  function serve(build: string): void {
    files = new Map([
      ['/display', page(build)],
      [`/assets/${build}.js`, 'js'],
      ['/assets/a.css', 'css'],
    ]);
  }
  function refresh(over: Partial<RefreshPlan> = {}): PlannedRefresh {
    return new PlannedRefresh(
      {
        now: () => now,
        live: () => live,
        fetch: async (path) => {
          asked.push(path);
          return files.get(path) ?? null;
        },
        reload: (why) => reloads.push(why),
      },
      {
        at: QUIET_MINUTE,
        spread: 0,
        screen: 'hall',
        page: 'index-one',
        loadedAt: MIDNIGHT - 10 * 60 * MINUTE,
        ...over,
      },
    );
  }
  async function until(one: PlannedRefresh, minute: number): Promise<void> {
    for (; now < MIDNIGHT + minute * MINUTE; now += MINUTE) await one.tick();
    await one.tick();
  }

  it('loads the page again at the quiet minute, having fetched all of it', async () => {
    const one = refresh();
    await until(one, QUIET_MINUTE - 1);
    expect(asked).toEqual([]);
    await until(one, QUIET_MINUTE);
    expect(asked).toEqual(['/display', '/assets/index-one.js', '/assets/a.css']);
    expect(reloads).toEqual(['planned']);
  });

  it('waits for a server that does not give the page, and leaves the picture where it is', async () => {
    const one = refresh();
    files.delete('/assets/a.css');
    await until(one, QUIET_MINUTE + 20);
    expect(reloads).toEqual([]);
    serve('index-one');
    await until(one, QUIET_MINUTE + 30);
    expect(reloads.length).toBeGreaterThan(0);
  });

  it('never while the link is lost, and not once its hour has passed', async () => {
    const one = refresh();
    live = false;
    await until(one, QUIET_MINUTE + 59);
    live = true;
    now = MIDNIGHT + (QUIET_MINUTE + 60) * MINUTE;
    await one.tick();
    expect(reloads).toEqual([]);
  });

  it('not for a page that was loaded a moment ago', async () => {
    const one = refresh({ loadedAt: MIDNIGHT + (QUIET_MINUTE - 60) * MINUTE });
    await until(one, QUIET_MINUTE + 59);
    expect(reloads).toEqual([]);
  });

  it('screens of one wall are renewed one after another', async () => {
    const minutes: number[] = [];
    for (const screen of ['hall-left', 'hall-right', 'office']) {
      now = MIDNIGHT;
      reloads = [];
      const one = refresh({ spread: 20, screen });
      for (; reloads.length === 0; now += MINUTE) await one.tick();
      minutes.push((now - MIDNIGHT) / MINUTE - 1 - QUIET_MINUTE);
    }
    expect(new Set(minutes).size).toBe(3);
    expect(Math.max(...minutes)).toBeLessThan(20);
  });

  it('another run of the server with the same page changes nothing; with another build the page is renewed at once', async () => {
    const one = refresh();
    one.otherServer();
    await one.tick();
    expect(reloads).toEqual([]);
    serve('index-two');
    now += MINUTE;
    await one.tick();
    expect(reloads).toEqual([]);
    one.otherServer();
    await one.tick();
    expect(reloads).toEqual(['version']);
  });

  it('reads the minute from the address', () => {
    expect([refreshMinute('03:30'), refreshMinute('off'), refreshMinute(null), refreshMinute('25:00')]).toEqual([
      210,
      null,
      QUIET_MINUTE,
      QUIET_MINUTE,
    ]);
  });
});
