import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { AlarmHistory } from '../../../../../apps/server/src/alarms/alarm-history.repository.js';
import { AlarmHistoryService } from '../../../../../apps/server/src/alarms/alarm-history.service.js';
import type { Catalogue } from '../../../../../apps/server/src/api/catalogue.js';
import type { RedisConnection } from '../../../../../apps/server/src/infra/redis.connection.js';
import { pack } from '../../../../support/pack.js';

const DAY = Date.parse('2026-07-08T12:00:00+08:00');
const NOON = Date.parse('2026-07-09T12:00:00+08:00');
const folder = mkdtempSync(join(tmpdir(), 'citywall-history-'));
afterAll(() => rmSync(folder, { recursive: true }));

const happening = (system: string, id: string, at: number, kind = 'raised', more: object = {}) => ({
  kind,
  at,
  ...more,
  alarm: { id: `${system}/${id}`, system, priority: 2, name: '龙滩', text: { zh: '超警戒', en: 'over' } },
});

/** Redis with logs of two systems, oldest first; the archive knows more of water. */
const logs: Record<string, [string, object][]> = {
  'cw:{water}:alarms:log': [
    [`${NOON}-0`, happening('water', 'a', NOON)],
    [`${NOON + 1}-0`, happening('water', 'b', NOON + 1, 'shelved', { by: 'li', note: '检修' })],
  ],
  'cw:{traffic}:alarms:log': [
    [`${NOON}-0`, happening('traffic', 'c', NOON)],
    [`${NOON + 2}-0`, happening('traffic', 'd', NOON + 2)],
  ],
};
const redis = {
  commands: {
    xrevrange: async (key: string, to: string, _from: string, _count: string, count: number) => {
      const end = to === '+' ? Number.POSITIVE_INFINITY : Number(to.replace('(', '').split('-')[0]);
      return [...(logs[key] ?? [])]
        .reverse()
        .filter(([entry]) =>
          to.startsWith('(') ? Number(entry.split('-')[0]) < end : Number(entry.split('-')[0]) <= end,
        )
        .slice(0, count)
        .map(([entry, value]) => [entry, ['e', JSON.stringify(value)]]);
    },
  },
} as unknown as RedisConnection;
const line = (id: string, value: object) => `${JSON.stringify({ n: 1, id, ...value })}\n`;
mkdirSync(join(folder, 'alarms/water'), { recursive: true });
writeFileSync(
  join(folder, 'alarms/water/2026-07-08.ndjson.gz'),
  gzipSync(`${line(`${DAY}-0`, happening('water', 'old', DAY))}${JSON.stringify({ n: 2, gap: { upTo: '1-0' } })}\n`),
);
writeFileSync(join(folder, 'alarms/water/2026-07-09.ndjson'), line(`${NOON}-0`, happening('water', 'a', NOON)));

const catalogue = {
  all: () => [pack('water'), pack('traffic')],
  get: (id: string) => pack(id),
} as unknown as Catalogue;
const history = new AlarmHistoryService(catalogue, new AlarmHistory(redis, folder), () => NOON);
const ids = async (query: object, limit = 10) =>
  (await history.page({ limit, ...query } as never)).items.map(({ id }) => id.split('/')[1]);

describe('what happened to alarms', () => {
  it('is told newest first over all systems, and further back from the archive, nothing twice', async () => {
    expect(await ids({})).toEqual(['d', 'b', 'c', 'a', 'old']);
    expect(await ids({ system: 'water' })).toEqual(['b', 'a', 'old']);
  });

  it('goes on page by page, also between two of the same moment', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 6; pages++) {
      const page = await history.page({ limit: 1, ...(cursor === undefined ? {} : { cursor }) } as never);
      seen.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(seen).toEqual(['traffic/d', 'water/b', 'traffic/c', 'water/a', 'water/old']);
  });

  it('is searched by time, kind, priority and what was said or by whom', async () => {
    expect(await ids({ from: NOON + 1 })).toEqual(['d', 'b']);
    expect(await ids({ to: NOON })).toEqual(['c', 'a', 'old']);
    expect(await ids({ kind: 'shelved' })).toEqual(['b']);
    expect(await ids({ priority: 1 })).toEqual([]);
    expect(await ids({ q: '检修' })).toEqual(['b']);
    expect(await ids({ q: 'LI' })).toEqual(['b']);
    expect(await ids({ q: 'water/O' })).toEqual(['old']);
  });

  it('of one alarm is found among the others', async () => {
    const found = await history.of('water', 'water/b');
    expect(found.map(({ kind, by, note, entry }) => [kind, by, note, entry])).toEqual([
      ['shelved', 'li', '检修', `${NOON + 1}-0`],
    ]);
    expect(await history.of('water', 'water/none')).toEqual([]);
  });

  it('of one alarm is found in the archive where Redis has not kept how it began', async () => {
    const kinds = async (id: string, raisedAt?: number) =>
      (await history.of('water', `water/${id}`, raisedAt)).map(({ kind, entry }) => [kind, entry]);
    expect(await kinds('old', DAY)).toEqual([['raised', `${DAY}-0`]]);
    expect(await kinds('old')).toEqual([['raised', `${DAY}-0`]]);
    // what stands in both is told once
    expect(await kinds('a', NOON)).toEqual([['raised', `${NOON}-0`]]);
    // further back than it began nobody looks
    expect(await kinds('old', NOON)).toEqual([]);
  });
});
