import { EVENTS, type RenderedReport } from '@citywall/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { display as displaySchema } from '../../../apps/server/src/api/schemas/displays.js';
import { DisplayKeeper } from '../../../apps/server/src/displays/display-keeper.service.js';
import { Displays } from '../../../apps/server/src/frames/displays.js';
import { RedisConnection } from '../../../apps/server/src/infra/redis.connection.js';
import { type Service, startRedis } from '../../support/services.js';
import { type House, startHouse } from '../api/house.js';
import { eventually } from '../feeds/lab.js';
import { TestDisplay } from '../frames/open-frames.js';

describe('displays of two push processes, seen together', () => {
  let redis: Service;
  let houses: House[];
  let screens: TestDisplay[];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    screens = [];
    houses = [
      await startHouse({ CITYWALL_ROLES: 'api,push' }, redis),
      await startHouse({ CITYWALL_ROLES: 'api,push' }, redis),
    ];
    await houses[0]?.server.app.get(RedisConnection).commands.del('cw:displays');
  });
  afterEach(async () => {
    for (const screen of screens) screen.close();
    for (const house of houses) await house.stop();
  });

  async function screen(house: House, name: string, more: Partial<RenderedReport> = {}): Promise<TestDisplay> {
    const one = new TestDisplay(house.url, 'overview');
    screens.push(one);
    expect(await one.join()).toEqual({ ok: true });
    const report = { scene: 'overview', seq: 5, fps: 60, errors: 1, screen: name, frameAt: Date.now(), ...more };
    one.socket.emit(EVENTS.rendered, report);
    // an answer after it: the report has been read
    await one.socket.emitWithAck(EVENTS.clock, null);
    return one;
  }
  const keep = async () => {
    for (const house of houses) await house.server.app.get(DisplayKeeper).keep();
  };
  const list = async (house: House, query = '') => (await house.ask(`/api/v1/displays${query}`)).json;

  it('either process answers for both, in the shape it promises, the troubled ones first', async () => {
    const [a, b] = houses as [House, House];
    await screen(a, 'hall', { heap: 52_428_800, latency: 12, power: 1, loaded: { at: Date.now(), why: 'planned' } });
    await screen(b, 'office', { fps: 0 });
    await keep();
    const answer = await list(a);
    expect(answer.items.map(({ id, state, why }: Record<string, string>) => [id, state, why])).toEqual([
      ['office', 'black', 'no-frames'],
      ['hall', 'live', null],
    ]);
    for (const item of answer.items) displaySchema.parse(item);
    expect(answer.items[1]).toMatchObject({
      scene: 'overview',
      errors: 1,
      rendered: { seq: 5, latency: 12, power: 1, loaded: { why: 'planned' } },
      trend: { heap: [50], fps: [60] },
    });
    expect((await list(b)).items.map(({ id }: { id: string }) => id)).toEqual(['office', 'hall']);
    const first = await list(b, '?limit=1');
    expect((await list(b, `?limit=1&cursor=${first.next}`)).items[0].id).toBe('hall');
    expect((await list(b, '?state=live')).items).toHaveLength(1);
    expect((await b.ask('/api/v1/displays?state=dark')).status).toBe(400);
  });

  it('a screen that moves to the other process is one screen, and the one that leaves says when', async () => {
    const [a, b] = houses as [House, House];
    const before = await screen(a, 'hall');
    await keep();
    await screen(b, 'hall', { seq: 9 });
    before.close();
    await eventually(
      async () => a.server.app.get(Displays).all().length,
      (connected) => connected === 0,
    );
    await keep();
    const { items } = await list(a);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ id: 'hall', state: 'live', rendered: { seq: 9 } });
    screens.at(-1)?.close();
    await eventually(
      async () => b.server.app.get(Displays).all().length,
      (connected) => connected === 0,
    );
    await keep();
    expect((await list(a)).items[0]).toMatchObject({ state: 'gone', rendered: { seq: 9 } });
  });

  it('a process that stops leaves no screen behind that seems to be connected', async () => {
    const [a, b] = houses as [House, House];
    await screen(b, 'hall');
    await keep();
    await b.stop();
    houses = [a];
    expect((await list(a)).items[0]).toMatchObject({ id: 'hall', state: 'gone' });
  });
});
