import { describe, expect, it } from '@jest/globals';
import { ReloadGuard } from '../../../../../apps/wall/src/transport/reloadGuard.js';

function guarded() {
  const world = { now: 0, healthy: true, reloads: 0 };
  const guard = new ReloadGuard({
    now: () => world.now,
    healthy: async () => world.healthy,
    reload: () => {
      world.reloads += 1;
    },
  });
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds / 5; i++) {
      world.now += 5_000;
      await guard.check();
    }
  };
  return { world, guard, pass };
}

describe('reload as the last resort', () => {
  it('after a minute in which the server answered and the socket would not connect', async () => {
    const { world, pass } = guarded();
    await pass(60);
    expect(world.reloads).toBe(0);
    await pass(5);
    expect(world.reloads).toBe(1);
  });

  it('never while the server is away, and a minute anew after it came back', async () => {
    const { world, pass } = guarded();
    await pass(55);
    world.healthy = false;
    await pass(600);
    world.healthy = true;
    await pass(60);
    expect(world.reloads).toBe(0);
    await pass(5);
    expect(world.reloads).toBe(1);
  });

  it('not when the socket connected in between', async () => {
    const { world, guard, pass } = guarded();
    await pass(55);
    guard.connected();
    await pass(55);
    expect(world.reloads).toBe(0);
  });
});
