import type { Pack } from '@citywall/pack-schema';
import type { SimulatedMessage } from '@citywall/simulator';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { SimulatePublisher } from '../../../../../apps/server/src/simulate/simulate.gateway.js';
import { SimulateService } from '../../../../../apps/server/src/simulate/simulate.service.js';
import { simulatorFile } from '../../../../../libs/pack-schema/src/files/simulator.js';
import { assetOf, NOON } from '../../../libs/simulator/city.js';

/** A broker that keeps what it is told. */
class FakePublisher implements SimulatePublisher {
  connected = false;
  underWay = 0;
  closed = 0;
  acknowledges = true;
  readonly said: SimulatedMessage[] = [];
  private onConnect = () => {};

  open(onConnect: () => void): void {
    this.onConnect = onConnect;
  }
  connect(): void {
    this.connected = true;
    this.onConnect();
  }
  publish(message: SimulatedMessage): void {
    this.said.push(message);
    if (this.acknowledges === false) this.underWay += 1;
  }
  async close(): Promise<void> {
    this.closed += 1;
  }
}

const packOf = (id: string, payload: unknown = { z: '{value.level}' }): Pack =>
  ({
    id,
    zone: 'Asia/Shanghai',
    scenarios: [],
    assets: Array.from({ length: 400 }, (_, i) => assetOf(`R${i}`)),
    simulator: simulatorFile.parse({
      streams: [
        {
          id: 'level',
          of: 'reservoir',
          topic: `${id}/{key}`,
          every: '10s',
          values: { level: [{ noise: 1 }] },
          payload: { json: payload },
        },
      ],
    }),
  }) as unknown as Pack;

describe('SimulateService', () => {
  let packs: Pack[];
  const changes = new Subject<void>();
  let publisher: FakePublisher;
  let service: SimulateService;

  const start = () => {
    service = new SimulateService({ all: () => packs, changes$: changes }, publisher, { now: () => Date.now() });
    service.start();
  };

  beforeEach(() => {
    jest.useFakeTimers({ now: NOON });
    jest.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
    packs = [packOf('water')];
    publisher = new FakePublisher();
  });
  afterEach(async () => {
    await service.stop();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('says nothing before it is connected, then how everything stands within two seconds', async () => {
    start();
    await jest.advanceTimersByTimeAsync(5000);
    expect(publisher.said).toEqual([]);
    publisher.connect();
    await jest.advanceTimersByTimeAsync(2000);
    expect(new Set(publisher.said.map(({ topic }) => topic)).size).toBe(400);
  });

  it('goes on with what is due, once each', async () => {
    start();
    publisher.connect();
    await jest.advanceTimersByTimeAsync(60_000);
    const after = publisher.said.slice(400);
    expect(after.length).toBeGreaterThan(400 * 5.9);
    expect(after.length).toBeLessThanOrEqual(400 * 6);
    expect(new Set(after.map(({ topic, due }) => `${topic} ${due}`)).size).toBe(after.length);
  });

  it('drops what fell due while the broker was away, and does not tell the opening again', async () => {
    start();
    publisher.connect();
    await jest.advanceTimersByTimeAsync(5000);
    publisher.connected = false;
    await jest.advanceTimersByTimeAsync(30_000);
    const before = publisher.said.length;
    publisher.connect();
    await jest.advanceTimersByTimeAsync(1000);
    const now = publisher.said.slice(before);
    expect(now.length).toBeLessThan(80);
    expect(now.every(({ due }) => due >= NOON + 35_000)).toBe(true);
  });

  it('waits while the broker is slow and then tells at most ten seconds late', async () => {
    start();
    publisher.connect();
    await jest.advanceTimersByTimeAsync(3000);
    publisher.underWay = 2001;
    const before = publisher.said.length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(publisher.said).toHaveLength(before);
    publisher.underWay = 0;
    await jest.advanceTimersByTimeAsync(200);
    const late = publisher.said.slice(before);
    expect(late.length).toBeGreaterThan(390);
    expect(Math.min(...late.map(({ due }) => due))).toBeGreaterThanOrEqual(NOON + 53_000);
  });

  it('gives the broker no more at once than it may have under way, and loses none of it', async () => {
    start();
    publisher.connect();
    await jest.advanceTimersByTimeAsync(3000);
    publisher.underWay = 1950;
    publisher.acknowledges = false;
    const before = publisher.said.length;
    await jest.advanceTimersByTimeAsync(9000);
    expect(publisher.said).toHaveLength(before + 51);
    publisher.underWay = 0;
    publisher.acknowledges = true;
    await jest.advanceTimersByTimeAsync(200);
    const moments = publisher.said.slice(before).map(({ due, topic }) => `${due} ${topic}`);
    expect(new Set(moments).size).toBe(moments.length);
    expect(moments.length).toBeGreaterThan(350);
  });

  it('takes a changed pack over, and leaves one that cannot be filled silent without silencing the others', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    start();
    publisher.connect();
    await jest.advanceTimersByTimeAsync(12_000);
    packs = [packOf('traffic'), packOf('water', { z: '{lvel}' })];
    changes.next();
    const before = publisher.said.length;
    await jest.advanceTimersByTimeAsync(10_000);
    const now = publisher.said.slice(before);
    expect(now.length).toBeGreaterThan(390);
    expect(now.every(({ topic }) => topic.startsWith('traffic/'))).toBe(true);
    expect(error.mock.calls[0]?.[0]).toContain('{lvel}');
  });

  it('ends everything it started, and may be stopped twice', async () => {
    start();
    service.start();
    publisher.connect();
    await service.stop();
    await service.stop();
    expect(publisher.closed).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
    expect(changes.observed).toBe(false);
  });
});
