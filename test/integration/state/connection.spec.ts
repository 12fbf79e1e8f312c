import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { filter, firstValueFrom } from 'rxjs';
import { type OpenState, openState } from './open-state.js';

jest.setTimeout(30_000);
Logger.overrideLogger(false);

describe('RedisConnection', () => {
  let open: OpenState;
  beforeEach(async () => {
    open = await openState();
  });
  afterEach(() => open.close());

  const becomes = (state: string) =>
    firstValueFrom(open.health.changes$.pipe(filter((condition) => condition.state === state)));

  it('rejects what was under way when Redis was killed, however fast it is back', async () => {
    for (let round = 0; round < 3; round++) {
      await becomes('up');
      open.service.signal('SIGSTOP');
      const answers = Promise.allSettled([open.redis.writes.ping(), open.redis.commands.ping()]);
      await open.service.kill('SIGKILL');
      await open.service.restart();
      expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    }
  });

  it('fails at once while Redis is gone, and is up again by itself', async () => {
    await open.service.kill('SIGKILL');
    await becomes('gone');
    await expect(open.redis.commands.ping()).rejects.toThrow();
    await open.service.restart();
    await becomes('up');
    expect(await open.redis.writes.ping()).toBe('PONG');
  });

  it('misses a Redis that is stopped with its sockets open', async () => {
    await becomes('up');
    open.service.signal('SIGSTOP');
    expect((await becomes('gone')).detail).toBe('no answer');
    open.service.signal('SIGCONT');
    await becomes('up');
  });
});
