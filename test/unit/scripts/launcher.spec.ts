import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { filesBelow, hashFiles } from '../../../scripts/lib/build.mjs';
import { covers } from '../../../scripts/lib/install.mjs';
import { readable } from '../../../scripts/lib/log-lines.mjs';
import { newEnough } from '../../../scripts/lib/node-version.mjs';
import { mosquittoConf } from '../../../scripts/lib/private-mosquitto.mjs';
import { redisConf } from '../../../scripts/lib/private-redis.mjs';
import { identityOf, isAlive } from '../../../scripts/lib/processes.mjs';
import { findProgram, looksOffline } from '../../../scripts/lib/programs.mjs';
import { dockerProvider } from '../../../scripts/lib/provide.mjs';
import { refuseHalfRestored } from '../../../scripts/lib/run-folder.mjs';
import { readSettings } from '../../../scripts/lib/settings.mjs';
import { afterDeath } from '../../../scripts/lib/supervisor.mjs';
import { closingLine, countTests } from '../../../scripts/lib/test-run.mjs';

const inFolder = (use: (dir: string) => void) => {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-unit-'));
  try {
    use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

describe('newEnough', () => {
  it.each([
    ['18.20.8', false],
    ['20.18.3', false],
    ['20.19.0', true],
    ['20.20.2', true],
    ['22.0.0', true],
  ])('Node %s: %s', (version, expected) => expect(newEnough(version)).toBe(expected));
});

describe('readSettings', () => {
  it('has the defaults of the public contract', () => {
    expect(readSettings({}, '/house')).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: '/house/data',
      mqttUrl: undefined,
      redisUrl: undefined,
      mqttPort: 1883,
      demo: true,
      simulate: true,
      serverRoles: ['ingest', 'push', 'api'],
    });
  });

  it('is no demo with a broker of your own, unless it says so', () => {
    const own = { CITYWALL_MQTT_URL: 'mqtt://broker' };
    expect(readSettings(own, '/')).toMatchObject({ demo: false, simulate: false });
    expect(readSettings({ ...own, CITYWALL_DEMO: '1' }, '/')).toMatchObject({ demo: true, simulate: true });
  });

  it('simulates only where the role is', () => {
    expect(readSettings({ CITYWALL_ROLES: 'ingest, push' }, '/')).toMatchObject({
      simulate: false,
      serverRoles: ['ingest', 'push'],
    });
    expect(readSettings({ CITYWALL_ROLES: 'simulate' }, '/')).toMatchObject({ simulate: true, serverRoles: [] });
  });

  it('counts an empty variable as absent', () => {
    expect(readSettings({ CITYWALL_PORT: '', CITYWALL_MQTT_URL: '', CITYWALL_DEMO: '' }, '/')).toMatchObject({
      port: 8080,
      demo: true,
    });
  });

  it.each([
    [{ CITYWALL_PORT: '65536' }, 'CITYWALL_PORT=65536 is no port'],
    [{ CITYWALL_MQTT_PORT: '-1' }, 'CITYWALL_MQTT_PORT=-1 is no port'],
    [{ CITYWALL_DEMO: 'true' }, 'CITYWALL_DEMO=true is neither 0 nor 1'],
    [{ CITYWALL_ROLES: 'api,web' }, 'CITYWALL_ROLES names "web"'],
  ])('refuses %j', (env, message) => {
    expect(() => readSettings(env, '/')).toThrow(
      expect.objectContaining({ reason: 'setting', message: expect.stringContaining(message) }),
    );
  });
});

describe('afterDeath', () => {
  it('doubles the wait from half a second to thirty, and gives up at the tenth death in five minutes', () => {
    const waits: number[] = [];
    let deaths: number[] = [];
    let now = 1_000_000;
    for (;;) {
      const next = afterDeath([...deaths, now], now);
      if (!next) break;
      waits.push(next.delayMs / 1000);
      deaths = next.recent;
      now += next.delayMs;
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('forgets a death after five minutes, so that a child that dies now and then is kept up for ever', () => {
    let deaths: number[] = [];
    for (let death = 0; death < 100; death++) {
      const now = death * 300_000;
      const next = afterDeath([...deaths, now], now);
      expect(next).toEqual({ recent: [now], delayMs: 500 });
      deaths = next?.recent ?? [];
    }
  });
});

describe('covers', () => {
  const lock = {
    packages: {
      '': { version: '1.0.0' },
      'apps/server': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/@citywall/model': { link: true },
      'node_modules/b-darwin': { version: '1.0.0', integrity: 'sha512-b', optional: true },
    },
  };
  const installed = (version: string) => ({
    packages: {
      'node_modules/a': { version, integrity: `sha512-${version === '1.0.0' ? 'a' : 'x'}` },
      'node_modules/@citywall/model': { link: true },
    },
  });

  it('is satisfied by the same packages, without those for other platforms', () => {
    expect(covers(lock, installed('1.0.0'))).toBe(true);
  });

  it('sees another version and a missing package', () => {
    expect(covers(lock, installed('1.0.1'))).toBe(false);
    expect(covers(lock, { packages: {} })).toBe(false);
    expect(covers(lock, {})).toBe(false);
  });
});

describe('hashFiles', () => {
  it('changes with a name and with a byte, not with what builds write', () =>
    inFolder((dir) => {
      const hash = () => hashFiles(dir, filesBelow(dir));
      writeFileSync(join(dir, 'a.ts'), 'one');
      const first = hash();
      mkdirSync(join(dir, 'node_modules'));
      mkdirSync(join(dir, 'dist'));
      writeFileSync(join(dir, 'dist/a.js'), 'built');
      writeFileSync(join(dir, 'node_modules/x.js'), 'installed');
      expect(hash()).toBe(first);
      writeFileSync(join(dir, 'a.ts'), 'two');
      expect(hash()).not.toBe(first);
      writeFileSync(join(dir, 'a.ts'), 'one');
      expect(hash()).toBe(first);
      writeFileSync(join(dir, 'b.ts'), '');
      expect(hash()).not.toBe(first);
    }));
});

describe('findProgram', () => {
  it('takes the first executable file, and neither a folder nor a file that cannot run', () =>
    inFolder((dir) => {
      const folders = ['one', 'two', 'three'].map((name) => join(dir, name));
      for (const folder of folders) mkdirSync(folder);
      mkdirSync(join(dir, 'one/tool'));
      writeFileSync(join(dir, 'two/tool'), '', { mode: 0o600 });
      writeFileSync(join(dir, 'three/tool'), '', { mode: 0o755 });
      expect(findProgram('tool', folders.join(':'), [])).toBe(join(dir, 'three/tool'));
      expect(findProgram('tool', '', [join(dir, 'three')])).toBe(join(dir, 'three/tool'));
      expect(findProgram('absent', folders.join(':'), [])).toBeUndefined();
    }));
});

describe('identityOf', () => {
  it('names this process, always the same, and nobody who is not there', () => {
    const identity = identityOf(process.pid);
    expect(identity).toBeTruthy();
    expect(identityOf(process.pid)).toBe(identity);
    expect(identityOf(0)).toBeUndefined();
    expect(identityOf(2 ** 30)).toBeUndefined();
  });

  it('tells a process from a later one with the same pid', () => {
    expect(isAlive({ pid: process.pid, identity: identityOf(process.pid) ?? '' })).toBe(true);
    expect(isAlive({ pid: process.pid, identity: 'other-boot:1' })).toBe(false);
    expect(isAlive({ pid: process.pid, identity: '' })).toBe(false);
  });
});

describe('configurations', () => {
  it('Redis: on a socket of this user alone, with every answer on the disk', () => {
    const conf = redisConf({ dir: '/a "b"/redis', socket: '/run/redis.sock' });
    expect(conf).toContain('dir "/a \\"b\\"/redis"\n');
    expect(conf).toMatch(/^port 0$/m);
    expect(conf).toMatch(/^unixsocketperm 700$/m);
    expect(conf).toMatch(/^appendfsync always$/m);
    expect(conf).not.toContain('requirepass');
  });

  it('Redis on a port: loopback and a password', () => {
    const conf = redisConf({ dir: '/d', port: 40001, password: 'secret' });
    expect(conf).toMatch(/^bind 127\.0\.0\.1$/m);
    expect(conf).toMatch(/^requirepass "secret"$/m);
    expect(conf).not.toContain('unixsocket');
  });

  it('mosquitto: anybody, but from this machine only; stays root when root started it', () => {
    expect(mosquittoConf({ port: 1884, dir: '/d' })).toMatch(/^listener 1884 127\.0\.0\.1\nallow_anonymous true$/m);
    expect(mosquittoConf({ port: 1884, dir: '/d' })).not.toContain('user root');
    expect(mosquittoConf({ port: 1884, dir: '/d', asRoot: true })).toMatch(/^user root$/m);
  });

  it('docker: one container per service and data directory, published on loopback', () => {
    const container = {
      image: 'redis:7.2.7',
      publish: '127.0.0.1:4000:6379',
      mounts: ['/d/redis:/data'],
      command: ['redis-server', '/c'],
    };
    const provider = dockerProvider('redis', '/d');
    const other = dockerProvider('redis', '/e');
    if (provider.kind !== 'docker' || other.kind !== 'docker') throw new Error('not by docker');
    const run = provider.runContainer(container);
    expect(run.command).toBe('docker');
    expect(run.args.join(' ')).toContain('--publish 127.0.0.1:4000:6379');
    expect(run.args.slice(-5)).toEqual(['--volume', '/d/redis:/data', 'redis:7.2.7', 'redis-server', '/c']);
    expect(run.container).not.toBe(other.runContainer(container).container);
  });
});

describe('readable', () => {
  it('tells a log line in a person’s words, and leaves every other line alone', () => {
    const line = JSON.stringify({ level: 40, time: 1_795_258_125_240, context: 'Packs', msg: 'refused', pid: 1 });
    expect(readable(line)).toMatch(/^\d\d:\d\d:\d\d warning Packs: refused$/);
    expect(readable(JSON.stringify({ level: 50, time: 0, msg: 'x', err: { stack: 'Error: y' } }))).toMatch(
      /error {3}x\nError: y$/,
    );
    expect(readable('CityWall ready at http://x')).toBe('CityWall ready at http://x');
    expect(readable('{"level":30 broken')).toBe('{"level":30 broken');
  });
});

describe('looksOffline', () => {
  it.each([
    'npm error code ENOTFOUND',
    'npm error network request failed, reason: getaddrinfo EAI_AGAIN somewhere',
    "W: Temporary failure resolving 'archive'",
    'Err:1 … Could not connect to proxy:3128',
  ])('%s', (output) => expect(looksOffline(output)).toBe(true));

  it('is not what a wrong lock file says', () => {
    expect(
      looksOffline(
        'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
      ),
    ).toBe(false);
  });
});

describe('the count of npm test', () => {
  const report = {
    numPassedTests: 10,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
  };

  it('adds up in one line', () => {
    expect(
      closingLine([
        { passed: 10, failed: 0, skipped: 0 },
        { passed: 1, failed: 2, skipped: 0 },
      ]),
    ).toBe('11 passed, 2 failed');
    expect(closingLine([{ passed: 1, failed: 0, skipped: 3 }])).toBe('1 passed, 0 failed, 3 skipped');
  });

  it('counts a file that cannot be run, a run without a report, and a failure that no test explains', () => {
    expect(countTests(report, 0)).toEqual({ passed: 10, failed: 0, skipped: 0 });
    expect(countTests({ ...report, numFailedTests: 2, numRuntimeErrorTestSuites: 1 }, 1).failed).toBe(3);
    expect(countTests(undefined, null).failed).toBe(1);
    expect(countTests(report, 1).failed).toBe(1);
  });
});

describe('a data directory', () => {
  it('that a restore left half-way is not begun anew', () => {
    const dir = mkdtempSync(join(tmpdir(), 'citywall-half-'));
    try {
      refuseHalfRestored(dir);
      writeFileSync(join(dir, 'restore-unfinished.json'), '{"file":"/srv/saved.tar.gz","aside":"/data/before-1"}');
      expect(() => refuseHalfRestored(dir)).toThrow('half restored');
      writeFileSync(join(dir, 'restore-unfinished.json'), '{"file":');
      expect(() => refuseHalfRestored(dir)).toThrow('half restored');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
