import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  isRunning,
  type Launcher,
  leftBehind,
  recorded,
  startLauncher,
  until,
} from '../../integration/launcher/checkout.js';

/** `npm start` itself, on this checkout: the real server, simulator, Redis and mosquitto. */
describe('npm start', () => {
  const root = join(import.meta.dirname, '../../..');
  const READY = /CityWall ready at (http:\S+) \(mqtt:\S+\)/;
  let dataDir: string;
  let launcher: Launcher;
  let page = '';

  const systems = async () => {
    const answer = await fetch(`${page}/api/v1/systems`);
    return ((await answer.json()) as { items: { id: string; state: string }[] }).items;
  };
  const allLive = async () => {
    const items = await systems();
    return items.length >= 4 && items.every(({ state }) => state === 'live');
  };

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'citywall-start-'));
    launcher = await startLauncher(root, { CITYWALL_DATA_DIR: dataDir });
    page = (await launcher.printed(READY))[1] ?? '';
  }, 300_000);
  afterAll(async () => {
    if (launcher.child.exitCode === null) launcher.child.kill('SIGTERM');
    await launcher.ended;
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('reaches a living city: four systems, all live', async () => {
    await until('every system is live', allLive, 60_000);
    expect((await systems()).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['water', 'traffic', 'urban', 'emergency']),
    );
    expect((await fetch(`${page}/readyz`)).status).toBe(200);
    expect(await (await fetch(page)).text()).toContain('/assets/');
  });

  it('lives on after its server, its Redis and its broker were killed at once', async () => {
    await until('all four run', () => Object.keys(recorded(dataDir)).length === 5);
    const from = launcher.output().length;
    const before = recorded(dataDir);
    for (const name of ['server', 'redis', 'mosquitto']) process.kill(before[name] ?? 0, 'SIGKILL');
    await launcher.printed(READY, from);
    await until(
      'ready again',
      async () => (await fetch(`${page}/readyz`).catch(() => undefined))?.status === 200,
      30_000,
    );
    await until('every system is live again', allLive, 60_000);
    expect(isRunning(before.launcher ?? 0)).toBe(true);
  });

  it('ends on Ctrl-C without leaving a process, and starts again within five seconds', async () => {
    launcher.child.kill('SIGINT');
    expect(await launcher.ended).toBe(0);
    expect(leftBehind(dataDir)).toEqual([]);
    const began = Date.now();
    launcher = await startLauncher(root, { CITYWALL_DATA_DIR: dataDir });
    await launcher.printed(READY);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(launcher.output()).not.toContain('log in as admin');
  });
});
