import type { StandingAlarm } from '@citywall/model';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AlarmList } from '../../../apps/server/src/alarms/alarm-list.js';
import { archivedContent } from '../../../apps/server/src/archive/content.js';
import { AuthRepository } from '../../../apps/server/src/auth/auth.repository.js';
import { hashPassword } from '../../../apps/server/src/auth/password.js';
import type { Grant } from '../../../apps/server/src/auth/session.js';
import { SessionsService } from '../../../apps/server/src/auth/sessions.service.js';
import { digestOf } from '../../../apps/server/src/handover/handover.service.js';
import { RedisConnection } from '../../../apps/server/src/infra/redis.connection.js';
import { NoticesService } from '../../../apps/server/src/notices/notices.service.js';
import { JournalTailRepository } from '../../../apps/server/src/state/journal-tail.repository.js';
import { happening } from '../../support/happening.js';
import { alarmListOf, type House, PASSWORD, startHouse } from '../api/house.js';

describe('the handover of a shift', () => {
  let house: House;
  let list: AlarmList;
  const seats = new Map<string, Record<string, string>>();
  beforeAll(async () => {
    house = await startHouse({ CITYWALL_DEMO: '1' });
    list = await alarmListOf(house, 'urban', 'water');
    const password = await hashPassword(PASSWORD);
    const accounts: [string, Grant[]][] = [
      ['leaves', []],
      ['leads', ['lead']],
      ['another', []],
    ];
    for (const [user, grants] of accounts) {
      const account = { password, roles: ['operator' as const], grants, createdAt: Date.now() };
      await house.server.app.get(AuthRepository).createAccount(user, account);
      const { token } = await house.server.app.get(SessionsService).open(user, PASSWORD, '127.0.0.1');
      seats.set(user, { authorization: `Bearer ${token}` });
    }
    const now = Date.now();
    const standing = (key: string, more: Partial<StandingAlarm> = {}) =>
      ({ ...happening(key, 'raised', more, now - 60_000).alarm, ...more }) as StandingAlarm;
    list.replace(
      'water',
      [
        standing('seen', {
          state: 'active-acknowledged',
          acknowledged: { by: 'leaves', at: now },
          comments: [{ by: 'leaves', at: now, text: '已派人' }],
        }),
        standing('new', { priority: 1 }),
        standing('shelf', {
          state: 'shelved',
          shelved: { by: 'leads', at: now, until: now + 3_600_000, reason: '施工' },
        }),
        standing('caused', { suppressedBy: 'water/high/reservoir/new' }),
      ],
      [],
    );
    list.replace('urban', [], []);
    const redis = house.server.app.get(RedisConnection);
    for (const one of [
      happening('seen', 'raised', {}, now - 60_000),
      happening('seen', 'acknowledged', {}, now - 30_000),
      happening('new', 'raised', { priority: 1 }, now - 20_000),
      happening('caused', 'raised', { suppressedBy: 'water/high/reservoir/new' }, now),
    ])
      await redis.commands.xadd('cw:{water}:alarms:log', '*', 'e', JSON.stringify(one));
    const text = { zh: '水情数据中断', en: 'Levels are silent' };
    house.server.app.get(NoticesService).raise('feed-silent', { subject: 'water/realtime', system: 'water', text });
  });
  afterAll(() => house?.stop());

  const as = (user: string) => ({ headers: seats.get(user) ?? {} });
  const post = (user: string, path: string, body: object) =>
    house.ask(`/api/v1/handover${path}`, { method: 'POST', body, ...as(user) });
  const draft = async () => (await house.ask('/api/v1/handover/draft')).json;
  let digest = '';

  it('is drawn up from what stands and what happened', async () => {
    const note = await post('leaves', '/notes', { text: '龙滩闸门检修\n到 18 点', alarm: 'water/high/reservoir/new' });
    expect([note.status, note.json.by]).toEqual([201, 'leaves']);
    const { previous, waiting, facts } = await draft();
    expect([previous, waiting]).toEqual([null, null]);
    expect(Date.parse(facts.to) - Date.parse(facts.from)).toBe(12 * 3_600_000);
    expect(facts.alarms.counts).toMatchObject({ p1: 1, p2: 1, unacknowledged: 1, suppressed: 1, shelved: 1 });
    expect(facts.alarms.open.map(({ name }: { name: string }) => name)).toEqual(['new', 'seen']);
    expect(facts.alarms.open[1]).toMatchObject({ acknowledged: { by: 'leaves' }, comments: [{ text: '已派人' }] });
    expect(facts.alarms.shelved).toMatchObject([{ name: 'shelf', by: 'leads', reason: '施工' }]);
    expect(facts.alarms.suppressed).toMatchObject([{ cause: 'water/high/reservoir/new', count: 1 }]);
    expect(facts.alarms.unwatched).toEqual(['water', 'urban']);
    expect(facts.load).toMatchObject({ raised: 2, acknowledgedWithin: 30, top: [{ rule: 'high', count: 2 }] });
    expect(facts.notices).toMatchObject([{ reason: 'feed-silent', subject: 'water/realtime' }]);
    expect(facts.notes).toMatchObject([{ text: '龙滩闸门检修\n到 18 点' }]);
  });

  it('is made by the one who leaves: numbered and frozen', async () => {
    const made = await post('leaves', '', { remarks: '平稳' });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ n: 1, state: 'waiting', made: { by: 'leaves', remarks: '平稳' }, signed: null });
    ({ digest } = made.json);
    expect(digestOf(1, made.json.facts, made.json.made)).toBe(digest);
    list.replace('water', [], []);
    expect((await house.ask('/api/v1/handover/1')).json).toEqual(made.json);
    expect((await draft()).waiting).toBe(1);
    expect((await post('another', '', {})).json).toMatchObject({ reason: 'conflict' });
  });

  it('is signed by another, who may, and only as it was read', async () => {
    const wrong = 'f'.repeat(64);
    const refusals = [
      await post('leaves', '/1/sign', { digest }),
      await post('another', '/1/sign', { digest }),
      await post('leads', '/1/sign', { digest: wrong }),
      await post('leads', '/2/sign', { digest }),
    ];
    expect(refusals.map(({ json }) => json.reason)).toEqual(['forbidden', 'forbidden', 'conflict', 'not-found']);
    const both = await Promise.all([post('leads', '/1/sign', { digest }), post('leads', '/1/sign', { digest })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { json } = await house.ask('/api/v1/handover/1');
    expect(json).toMatchObject({ state: 'signed', signed: { by: 'leads' } });
    expect((await post('leads', '/1/withdraw', { remarks: 'x' })).status).toBe(409);
  });

  it('is never signed twice by one person', async () => {
    const made = (await post('leads', '', {})).json;
    expect(made).toMatchObject({ n: 2, facts: { from: (await house.ask('/api/v1/handover/1')).json.facts.to } });
    const { status, json } = await post('leads', '/2/sign', { digest: made.digest });
    expect([status, json.reason]).toEqual([409, 'conflict']);
  });

  it('is taken back by who made it or the lead; the next tells of the same time', async () => {
    expect((await post('another', '/2/withdraw', { remarks: '写错' })).json.reason).toBe('forbidden');
    expect((await post('leads', '/2/withdraw', { remarks: '' })).status).toBe(400);
    expect((await post('leads', '/2/withdraw', { remarks: '写错' })).json).toMatchObject({ state: 'withdrawn' });
    expect(await draft()).toMatchObject({ previous: 1, waiting: null });
    expect((await post('another', '', {})).json).toMatchObject({ n: 3, state: 'waiting' });
    const { items, next } = (await house.ask('/api/v1/handover?limit=2')).json;
    expect(items.map(({ n, state }: { n: number; state: string }) => [n, state])).toEqual([
      [3, 'waiting'],
      [2, 'withdrawn'],
    ]);
    const rest = (await house.ask(`/api/v1/handover?limit=2&cursor=${next}`)).json;
    expect([rest.items.map(({ n }: { n: number }) => n), rest.next]).toEqual([[1], null]);
  });

  it('stands in the journal that the archive reads', async () => {
    const journal = new JournalTailRepository(house.server.app.get(RedisConnection));
    const tail = await journal.read('house', 'handover', '0-0');
    const lines = tail.entries.map((entry) => archivedContent('handover', entry) as { kind: string });
    expect(lines.map(({ kind }) => kind)).toEqual(['note', 'made', 'signed', 'made', 'withdrawn', 'made']);
  });
});
