import { parseScenario } from '@citywall/pack-schema';
import { momentAt } from '@citywall/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { NEVER } from 'rxjs';
import { simulator } from '../../../apps/server/src/api/schemas/simulator.js';
import { ControlRepository } from '../../../apps/server/src/simulate/control.repository.js';
import { SimulatorControl } from '../../../apps/server/src/simulate/control.service.js';
import { SimulateGateway } from '../../../apps/server/src/simulate/simulate.gateway.js';
import { SimulateService } from '../../../apps/server/src/simulate/simulate.service.js';
import { packs } from '../../support/builtin-packs.js';
import { startMosquitto } from '../../support/services.js';
import { type House, startHouse } from '../api/house.js';
import { eventually } from '../feeds/lab.js';
import { type OpenState, openState } from '../state/open-state.js';

const water = packs.filter(({ id }) => id === 'water');
const story = `
id: flood
name: { zh: 涨水, en: Flood }
story: { zh: 涨水, en: Flood }
from: 0
until: 120
drive:
  - { of: water/river, value: level, assets: ['60711201'], noise: 0, ease: 0, curve: [[0, 418], [100, 428]] }
`;
const { scenario, problems } = parseScenario(story, 'flood.yaml', new Map(water.map((pack) => [pack.id, pack])));

/** Two who know of the simulator only what stands in Redis: one publishes, one commands. */
describe('the simulator, commanded over Redis', () => {
  let broker: Awaited<ReturnType<typeof startMosquitto>>;
  let state: OpenState;
  let client: MqttClient;
  let store: ControlRepository;
  let control: SimulatorControl;
  let city: SimulateService | undefined;
  /** levels of the river as they were heard, in order */
  const levels: number[] = [];

  const publish = () => {
    const all = water.map((pack) => ({ ...pack, scenarios: scenario === undefined ? [] : [scenario] }));
    const gateway = new SimulateGateway(broker.url, 'simulate-test');
    city = new SimulateService({ all: () => all, changes$: NEVER }, gateway, {}, new ControlRepository(state.redis));
    city.start();
  };
  const minute = async () => {
    const kept = await store.read();
    const run = kept?.runs.at(-1);
    if (!kept || !run) return Number.NaN;
    return (momentAt(kept.turns, Date.now()) - run.start) / 60_000;
  };
  const report = () =>
    eventually(
      () => store.report(),
      (told) => (told?.told ?? null) !== null,
    );

  beforeAll(async () => {
    expect(problems).toEqual([]);
    [broker, state] = await Promise.all([startMosquitto(), openState()]);
    client = await connectAsync(broker.url, { protocolVersion: 5 });
    client.on('message', (_topic, payload) => levels.push(Number(JSON.parse(payload.toString()).body.z)));
    await client.subscribeAsync('slj/dj/60711201/rt');
  });
  beforeEach(async () => {
    await state.redis.commands.del('cw:simulate');
    store = new ControlRepository(state.redis);
    control = new SimulatorControl(store, () => (scenario === undefined ? [] : [scenario]));
    levels.length = 0;
  });
  afterEach(() => city?.stop());
  afterAll(async () => {
    await client?.endAsync(true);
    await state?.close();
    await broker?.stop();
  });

  it('follows a command within moments, and says at a glance how fast it goes', async () => {
    publish();
    await report();
    await control.command({ kind: 'start', scenario: 'flood', at: 50, speed: 20 });
    await eventually(
      async () => levels.at(-1) ?? 0,
      (level) => level > 422.9 && level < 424,
    );
    const glance = await state.redis.commands.hmget('cw:simulate', 'speed', 'scenario');
    expect(glance).toEqual(['20', 'flood']);
    await control.command({ kind: 'pause' });
    expect(await state.redis.commands.hget('cw:simulate', 'speed')).toBe('1');
  });

  it('goes on where the story was when its process ends and another begins', async () => {
    publish();
    await report();
    await control.command({ kind: 'start', scenario: 'flood', at: 30, speed: 60 });
    await eventually(
      async () => levels.at(-1) ?? 0,
      (level) => level > 421.5,
    );
    await city?.stop();
    const left = await report();
    const before = (left?.told ?? 0) - ((await store.read())?.runs[0]?.start ?? 0);
    levels.length = 0;
    publish();
    await eventually(
      async () => levels.length,
      (n) => n > 0,
    );
    // a minute of the story is a tenth of a metre
    expect(Math.abs((levels[0] ?? 0) - (418 + before / 600_000))).toBeLessThan(0.8);
    expect(await minute()).toBeLessThan(before / 60_000 + 30);
  });

  it('of two commands at once neither is lost', async () => {
    const other = new SimulatorControl(new ControlRepository(state.redis), () => []);
    await Promise.all([
      ...[2, 3, 4].map((speed) => control.command({ kind: 'set', speed })),
      other.command({ kind: 'set', seed: 'other' }),
    ]);
    expect(await store.read()).toMatchObject({ revision: 4, seed: 'other' });
  });

  it('counts the state of another version as none, and writes over it', async () => {
    await state.redis.commands.hset('cw:simulate', 'state', '{"revision":7,"speed":9}', 'revision', '7');
    expect(await store.read()).toBeNull();
    expect(await control.command({ kind: 'set', speed: 5 })).toMatchObject({ revision: 1, speed: 5 });
  });

  it('tells the same over HTTP, where commands need a log-in and a demonstration', async () => {
    const houses: House[] = [];
    try {
      const house = await startHouse({ CITYWALL_ROLES: 'api,push' }, state.service);
      houses.push(house);
      const { json } = await house.ask('/api/v1/simulator');
      simulator.parse(json);
      expect(json).toMatchObject({ publishing: false, speed: 1, story: null });
      const speed = (headers: Record<string, string> = {}) =>
        house.ask('/api/v1/simulator', { method: 'PUT', body: { speed: 20 }, headers });
      expect((await speed()).status).toBe(401);
      const authorization = `Bearer ${await house.logIn()}`;
      expect((await speed({ authorization })).json).toMatchObject({ speed: 20 });
      const asked = (path: string, body?: object) =>
        house.ask(`/api/v1/simulator/${path}`, {
          method: 'POST',
          headers: { authorization },
          ...(body ? { body } : {}),
        });
      expect((await asked('stop')).json).toMatchObject({ status: 409, reason: 'conflict' });
      expect((await asked('start', { scenario: 'none' })).json).toMatchObject({ status: 400 });
      const fault = { kind: 'silence', of: 'water/rivers' };
      expect((await asked('faults', { fault })).json.parameters).toMatchObject([{ name: 'fault.of', in: 'body' }]);
      const bare = await startHouse({ CITYWALL_ROLES: 'api,push', CITYWALL_DEMO: '0' }, state.service);
      houses.push(bare);
      const refused = await bare.ask('/api/v1/simulator', {
        headers: { authorization: `Bearer ${await bare.logIn()}` },
      });
      expect(refused.json).toMatchObject({ status: 409, reason: 'conflict' });
    } finally {
      for (const house of houses) await house.stop();
    }
  });
});
