import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import mqtt from 'mqtt';
import { accepts, freePort } from '../../support/services.js';
import { isRunning, type Launcher, leftBehind, makeCheckout, recorded, startLauncher, until } from './checkout.js';

const READY = /CityWall ready at (http:\S+) \((mqtt:\S+)\)/;

let checkout: ReturnType<typeof makeCheckout>;
let launchers: Launcher[] = [];
let listeners: Server[] = [];

const start = async (env: NodeJS.ProcessEnv = {}) => {
  const launcher = await startLauncher(checkout.root, env);
  launchers.push(launcher);
  return launcher;
};
const listen = (port: number) =>
  new Promise<void>((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve());
    listeners.push(server);
  });
const told = (launcher: Launcher) => readFileSync(join(launcher.dataDir, 'told.log'), 'utf8').trim().split('\n');

beforeAll(() => {
  checkout = makeCheckout();
});
afterEach(async () => {
  for (const launcher of launchers) {
    if (launcher.child.exitCode === null) launcher.child.kill('SIGTERM');
    const patience = setTimeout(() => launcher.child.kill('SIGKILL'), 15_000);
    await launcher.ended;
    clearTimeout(patience);
  }
  // Only when all are gone: two of them may share a data directory.
  for (const launcher of launchers) {
    for (const pid of Object.values(recorded(launcher.dataDir))) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  }
  for (const server of listeners) server.close();
  launchers = [];
  listeners = [];
});
afterAll(() => checkout.remove());

describe('start', () => {
  it('builds, starts private services, tells the server all of it, and ends with the ready line', async () => {
    const launcher = await start();
    const [, page = '', broker = ''] = await launcher.printed(READY);
    expect(page).toBe(`http://127.0.0.1:${launcher.port}`);
    expect(broker).toBe(`mqtt://127.0.0.1:${launcher.env.CITYWALL_MQTT_PORT}`);
    expect(launcher.output().trimEnd().split('\n').pop()).toMatch(READY);

    const environment = await (await fetch(page)).json();
    expect(environment).toMatchObject({
      CITYWALL_DATA_DIR: launcher.dataDir,
      CITYWALL_DEMO: '1',
      CITYWALL_MQTT_URL: broker,
      CITYWALL_PRIVATE: 'redis,mosquitto',
      CITYWALL_REDIS_URL: `unix://${launcher.dataDir}/run/redis.sock`,
      CITYWALL_ROLES: 'ingest,push,api',
    });
    expect(readFileSync(join(checkout.root, 'apps/server/dist/state/apply/begin.lua'), 'utf8')).toBe('return 1');

    const redis = new Redis(environment.CITYWALL_REDIS_URL);
    const setting = async (name: string) => ((await redis.config('GET', name)) as string[])[1];
    expect(await setting('appendonly')).toBe('yes');
    expect(await setting('appendfsync')).toBe('always');
    expect(await setting('maxmemory-policy')).toBe('noeviction');
    expect(await setting('port')).toBe('0');
    redis.disconnect();

    const client = await mqtt.connectAsync(broker, { protocolVersion: 5 });
    await client.endAsync();
    await until('the simulator runs as its own process', () => told(launcher).includes('simulate started'));
  });

  it('starts a second time in less than five seconds, building nothing', async () => {
    const first = await start();
    await first.printed(READY);
    first.child.kill('SIGTERM');
    await first.ended;
    const began = Date.now();
    const second = await start({ CITYWALL_DATA_DIR: first.dataDir });
    await second.printed(READY);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(second.output()).toContain('unchanged');
  });

  it('tells a service manager that it is ready, and again and again that its server answers', async () => {
    const bin = join(checkout.root, 'bin');
    const heard = join(checkout.root, 'heard');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'systemd-notify'), `#!/bin/sh\necho "$@" >> ${heard}\n`);
    chmodSync(join(bin, 'systemd-notify'), 0o755);
    const launcher = await start({
      NOTIFY_SOCKET: join(checkout.root, 'notify.sock'),
      WATCHDOG_USEC: '200000',
      PATH: `${bin}:${process.env.PATH}`,
    });
    await launcher.printed(READY);
    const lines = () => readFileSync(heard, 'utf8').trim().split('\n');
    await until('it is ready', () => existsSync(heard) && lines()[0] === 'READY=1 STATUS=CityWall 0.0.1');
    await until('it lives', () => lines().filter((line) => line === 'WATCHDOG=1').length >= 2);
    launcher.child.kill('SIGTERM');
    await until('it stops', () => lines().includes('STOPPING=1'));
  });

  it('takes the next free port for the broker, and says so', async () => {
    const taken = await freePort();
    await listen(taken);
    const launcher = await start({ CITYWALL_MQTT_PORT: String(taken) });
    const [, , broker = ''] = await launcher.printed(READY);
    expect(Number(new URL(broker).port)).toBeGreaterThan(taken);
    expect(launcher.output()).toContain(`Port ${taken} is taken by another program`);
  });

  it('with both addresses given, starts no service and no simulator', async () => {
    const launcher = await start({
      CITYWALL_MQTT_URL: 'mqtt://127.0.0.1:1',
      CITYWALL_REDIS_URL: 'redis://127.0.0.1:2',
    });
    const [, page = ''] = await launcher.printed(READY);
    expect(Object.keys(recorded(launcher.dataDir)).sort()).toEqual(['launcher', 'server']);
    expect(await (await fetch(page)).json()).toMatchObject({
      CITYWALL_DEMO: '0',
      CITYWALL_MQTT_URL: 'mqtt://127.0.0.1:1',
      CITYWALL_PRIVATE: '',
      CITYWALL_REDIS_URL: 'redis://127.0.0.1:2',
    });
  });

  it('keeps Redis on a loopback port with a password when the socket path would be too long', async () => {
    const dataDir = join(checkout.root, 'x'.repeat(100));
    const launcher = await start({ CITYWALL_DATA_DIR: dataDir });
    const [, page = ''] = await launcher.printed(READY);
    const { CITYWALL_REDIS_URL: url } = (await (await fetch(page)).json()) as { CITYWALL_REDIS_URL: string };
    expect(url).toMatch(/^redis:\/\/:[\w-]{20,}@127\.0\.0\.1:\d+$/);
    expect(url).not.toContain(':6379');
    const redis = new Redis(url);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    expect(await accepts(Number(new URL(url).port), 'PING\r\n', '-NOAUTH')).toBe(true);
    expect(launcher.output()).not.toContain(new URL(url).password);
  });
});

describe('refusals: one sentence, one thing to do, exit code 1', () => {
  const refused = async (env: NodeJS.ProcessEnv) => {
    const launcher = await start(env);
    expect(await launcher.ended).toBe(1);
    expect(launcher.output()).toMatch(/CityWall cannot start: .+[\s\S]*\n {2}→ \S/);
    expect(launcher.output()).not.toMatch(/\n {4}at /);
    return launcher.output();
  };

  it('port taken', async () => {
    const port = await freePort();
    await listen(port);
    const output = await refused({ CITYWALL_PORT: String(port) });
    expect(output).toContain(`port ${port} is taken`);
    expect(output).toMatch(/→ CITYWALL_PORT=\d+ npm start/);
  });

  it('a second start on the same data directory names the process', async () => {
    const first = await start();
    await first.printed(READY);
    const output = await refused({ CITYWALL_DATA_DIR: first.dataDir });
    expect(output).toContain(`as process ${first.child.pid}`);
    expect(isRunning(first.child.pid ?? 0)).toBe(true);
  });

  it('a data directory that cannot be written', async () => {
    const file = join(checkout.root, 'a-file');
    writeFileSync(file, '');
    expect(await refused({ CITYWALL_DATA_DIR: file })).toMatch(
      /the data directory .*a-file cannot be written \(\w+: .*file\)/,
    );
    // /proc takes no folder from anybody, root included, as a read-only disk does.
    expect(await refused({ CITYWALL_DATA_DIR: '/proc/citywall' })).toContain('/proc/citywall cannot be written');
  });

  it('a setting that makes no sense', async () => {
    expect(await refused({ CITYWALL_PORT: 'http' })).toContain('CITYWALL_PORT=http is no port');
    expect(await refused({ CITYWALL_DEMO: 'yes' })).toContain('CITYWALL_DEMO=yes is neither 0 nor 1');
    expect(await refused({ CITYWALL_HOST: '192.0.2.1' })).toContain(
      'CITYWALL_HOST=192.0.2.1 is no address of this machine',
    );
  });

  it('a build that fails shows what the compiler said', async () => {
    writeFileSync(join(checkout.root, 'apps/server/src/changed.js'), String(Date.now()));
    expect(await refused({ FIXTURE_BUILD_FAIL: '1' })).toContain('main.ts(1,1): error TS1005');
  });

  it('a server that does not come up takes the services down with it', async () => {
    const dataDir = join(checkout.root, 'data-fail');
    const output = await refused({ FIXTURE_FAIL: '1', CITYWALL_DATA_DIR: dataDir });
    expect(leftBehind(dataDir)).toEqual([]);
    expect(output).toContain('the fixture cannot start');
    expect(output).toContain('server ended with code 3');
  });

  it('no Redis to be had', async () => {
    // A machine on which neither is found and nobody may install: a PATH with node alone, and not root's package manager.
    const bin = join(checkout.root, 'bin');
    mkdirSync(bin, { recursive: true });
    const old = join(bin, 'redis-server');
    writeFileSync(old, '#!/bin/sh\necho "Redis server v=6.0.16 sha=0 malloc=libc"\n');
    chmodSync(old, 0o755);
    const { provide, SERVICES } = await import('../../../scripts/lib/provide.mjs');
    const path = process.env.PATH;
    process.env.PATH = bin;
    try {
      const ask = { ...SERVICES.redis, programs: ['redis-server'], debian: [], brew: [] };
      const absent = { ...ask, programs: ['no-such-redis'] };
      const options = { dataDir: '/x', progress: () => {}, installer: null, folders: [] };
      await expect(provide([ask], options)).rejects.toMatchObject({
        reason: 'no-redis',
        message: expect.stringMatching(/^no Redis to be had: .*6\.0\.16/),
      });
      await expect(provide([absent], options)).rejects.toMatchObject({
        reason: 'no-redis',
        advice: expect.stringContaining('CITYWALL_REDIS_URL'),
      });
    } finally {
      process.env.PATH = path;
    }
  });
});

describe('supervision', () => {
  it.each(['redis', 'mosquitto', 'server', 'simulate'])('starts a killed %s again', async (name) => {
    const launcher = await start();
    const [, , broker = ''] = await launcher.printed(READY);
    await until('all four run', () => Object.keys(recorded(launcher.dataDir)).length === 5);
    const before = recorded(launcher.dataDir)[name] ?? 0;
    process.kill(before, 'SIGKILL');
    await launcher.printed(
      new RegExp(`${name} was ended by SIGKILL; it starts again in 0.5 s[\\s\\S]*${name} is back`),
    );
    expect(recorded(launcher.dataDir)[name]).not.toBe(before);
    expect(await accepts(Number(new URL(broker).port))).toBe(true);
    expect(await accepts(join(launcher.dataDir, 'run/redis.sock'), 'PING\r\n', '+PONG')).toBe(true);
    expect(await (await fetch(`http://127.0.0.1:${launcher.port}`)).text()).toContain('CITYWALL_');
  });

  it('finds what a killed launcher left, ends it in order, and keeps what Redis held', async () => {
    const first = await start();
    const [, page = ''] = await first.printed(READY);
    await until('the simulator runs', () => told(first).includes('simulate started'));
    const { CITYWALL_REDIS_URL: url } = (await (await fetch(page)).json()) as { CITYWALL_REDIS_URL: string };
    const redis = new Redis(url);
    await redis.set('kept', 'yes');
    redis.disconnect();
    const orphans = recorded(first.dataDir);
    first.child.kill('SIGKILL');
    await first.ended;
    expect(['redis', 'mosquitto', 'server', 'simulate'].every((name) => isRunning(orphans[name] ?? 0))).toBe(true);

    const second = await start({ CITYWALL_DATA_DIR: first.dataDir, CITYWALL_PORT: String(first.port) });
    await second.printed(READY);
    for (const [name, pid] of Object.entries(orphans)) {
      expect(isRunning(pid)).toBe(false);
      if (name !== 'launcher')
        expect(second.output()).toContain(
          `${name} (process ${pid}) was left by a launcher that was killed; it is ended now`,
        );
    }
    expect(told(first).slice(2, 4)).toEqual(['simulate SIGTERM', 'ingest,push,api SIGTERM']);
    const again = new Redis(url);
    expect(await again.get('kept')).toBe('yes');
    again.disconnect();
  });

  it('never ends a stranger who got the pid of a dead child', async () => {
    const first = await start();
    await first.printed(READY);
    first.child.kill('SIGTERM');
    await first.ended;
    const record = {
      name: 'server',
      pid: process.pid,
      identity: 'another-boot:1',
      startedAt: new Date().toISOString(),
    };
    writeFileSync(join(first.dataDir, 'run/server.json'), JSON.stringify(record));
    writeFileSync(join(first.dataDir, 'run/launcher.json'), JSON.stringify({ ...record, name: 'launcher' }));
    const second = await start({ CITYWALL_DATA_DIR: first.dataDir });
    await second.printed(READY);
    expect(second.output()).not.toContain('was left by a launcher');
  });
});

describe('the end', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends the simulator, then the server, then the services',
    async (signal) => {
      const launcher = await start();
      await launcher.printed(READY);
      await until('the simulator runs', () => told(launcher).includes('simulate started'));
      launcher.child.kill(signal);
      // Impatience changes nothing: a second Ctrl-C must not cut off what is being written.
      launcher.child.kill(signal);
      expect(await launcher.ended).toBe(0);
      expect(told(launcher).slice(2)).toEqual(['simulate SIGTERM', 'ingest,push,api SIGTERM']);
      expect(recorded(launcher.dataDir)).toEqual({});
      expect(leftBehind(launcher.dataDir)).toEqual([]);
      expect(readFileSync(join(launcher.dataDir, 'logs/redis.log'), 'utf8')).toContain(
        'Redis is now ready to exit, bye bye...',
      );
    },
  );

  it.each([
    ['itself', "spawn(process.execPath, ['scripts/start.mjs'], options)"],
    ['a shell between', "spawn('sh', ['-c', process.execPath + ' scripts/start.mjs; exit $?'], options)"],
  ])('ends by itself when the npm that started it is killed: %s', async (_how, start) => {
    // A stand-in for npm: starts the launcher, and can pass nothing on when it is killed.
    const npm = `const { spawn } = require('node:child_process');
      const options = { stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'start' } };
      ${start};
      setInterval(() => {}, 1000);`;
    const { spawn } = await import('node:child_process');
    const port = await freePort();
    const dataDir = join(checkout.root, 'data-npm');
    const env = {
      ...process.env,
      CITYWALL_DATA_DIR: dataDir,
      CITYWALL_PORT: String(port),
      CITYWALL_MQTT_PORT: String(await freePort()),
    };
    const parent = spawn(process.execPath, ['-e', npm], { cwd: checkout.root, env, stdio: 'ignore' });
    await until('it serves', () => accepts(port));
    await until('all run', () => Object.keys(recorded(dataDir)).length === 5);
    const pids = recorded(dataDir);
    parent.kill('SIGKILL');
    await until('nothing is left', () => Object.values(pids).every((pid) => !isRunning(pid)));
    expect(recorded(dataDir)).toEqual({});
  });

  it('a signal while it starts leaves nothing behind', async () => {
    const launcher = await start();
    await launcher.printed(/redis .*redis\.sock/);
    launcher.child.kill('SIGINT');
    expect(await launcher.ended).toBe(130);
    expect(leftBehind(launcher.dataDir)).toEqual([]);
    expect(recorded(launcher.dataDir)).toEqual({});
  });
});
