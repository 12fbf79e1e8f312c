import { type CompiledFeeds, type LastingChange, Memories, Recalled } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { PacksService } from '../../../../../apps/server/src/packs/index.js';
import { DecoderKeeper } from '../../../../../apps/server/src/readings/decoder-keeper.service.js';
import type { DecodersRepository, KeptLasting } from '../../../../../apps/server/src/state/index.js';

Logger.overrideLogger(false);
const DAY_MS = 86_400_000;

class FakeDecoders {
  failures: Error[] = [];
  readonly forgotten: LastingChange[] = [];
  readonly renewed: string[] = [];
  reads = 0;

  async *kept(): AsyncGenerator<KeptLasting> {
    this.reads++;
    const failure = this.failures.shift();
    if (failure) throw failure;
    yield { way: 'x', key: 'a', text: '{"v":1}' };
    yield { way: 'gone', key: 'b', text: '{}' };
  }
  async keep(_system: string, changes: readonly LastingChange[]): Promise<void> {
    this.forgotten.push(...changes);
  }
  async renew(system: string): Promise<void> {
    this.renewed.push(system);
  }
}

describe('DecoderKeeper', () => {
  let decoders: FakeDecoders;
  let memory: Memories;
  let keeper: DecoderKeeper;

  beforeEach(() => {
    jest.useFakeTimers();
    decoders = new FakeDecoders();
    memory = new Memories();
    memory.of('x');
    const packs = {
      all: () => [{ id: 'water' } as Pack],
      compiled: () => ({ memory }) as unknown as CompiledFeeds,
    };
    keeper = new DecoderKeeper(packs as unknown as PacksService, decoders as unknown as DecodersRepository);
    keeper.onModuleInit();
  });
  afterEach(() => {
    keeper.onModuleDestroy();
    jest.useRealTimers();
  });

  it('takes back what lasted once, and forgets what no feed decodes that way', async () => {
    await keeper.restore();
    await keeper.restore();
    expect(decoders.reads).toBe(1);
    expect(memory.of('x').get('a')).toEqual(new Recalled({ v: 1 }));
    expect(decoders.forgotten).toEqual([{ way: 'gone', key: 'b', text: null }]);
  });

  it('waits for Redis', async () => {
    decoders.failures = [
      new Error('Connection is closed.'),
      new Error('LOADING Redis is loading the dataset in memory'),
    ];
    const restoring = keeper.restore();
    await jest.advanceTimersByTimeAsync(2_000);
    await restoring;
    expect(decoders.reads).toBe(3);
    expect(memory.of('x').get('a')).toEqual(new Recalled({ v: 1 }));
  });

  it('goes on without what Redis will never tell', async () => {
    decoders.failures = [new Error('WRONGTYPE Operation against a key holding the wrong kind of value')];
    await keeper.restore();
    expect(decoders.reads).toBe(1);
    expect(memory.of('x').get('a')).toBeUndefined();
  });

  it('a stop ends the wait', async () => {
    decoders.failures = [new Error('Connection is closed.')];
    const restoring = keeper.restore();
    await jest.advanceTimersByTimeAsync(1);
    keeper.onModuleDestroy();
    await restoring;
    expect(decoders.reads).toBe(1);
  });

  it('renews what is kept once a day', async () => {
    await keeper.restore();
    await jest.advanceTimersByTimeAsync(2 * DAY_MS);
    expect(decoders.renewed).toEqual(['water', 'water']);
  });
});
