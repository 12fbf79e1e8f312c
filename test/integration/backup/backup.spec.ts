import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { type ServerProcess, type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';
import { type CliRun, citywall } from '../../unit/apps/server/cli/surroundings.js';
import { eventually, labSite, reader, type Site } from '../feeds/lab.js';

jest.setTimeout(180_000);

const PASSWORD = 'correct horse battery staple';
const STANDING = 12;
const RULES = `alarms:
  - id: level-high
    metric: node/level
    when: { atLeast: 10, clearBelow: 8 }
    priority: 2
    text: { zh: '{asset} 水位 {value} {unit}', en: '{asset} level {value} {unit}' }
    guidance: { zh: 核实, en: Verify }
`;

interface Alarm {
  id: string;
  state: string;
  acknowledged: { by: string } | null;
}

describe('a backup of a running system', () => {
  let broker: Service;
  let redis: Service;
  let site: Site;
  let server: ServerProcess;
  let publisher: MqttClient;
  let dir: string;
  let token: string;
  let file: string;
  let made: CliRun;
  let before: Alarm[];
  let loading = true;
  let load: Promise<void>;

  const env = (more: Record<string, string> = {}) => ({
    CITYWALL_MQTT_URL: broker.url,
    CITYWALL_PACKS_DIR: site.dir,
    CITYWALL_ROLES: 'ingest,api',
    CITYWALL_ADMIN_PASSWORD: PASSWORD,
    CITYWALL_LOG_LEVEL: 'warn',
    ...more,
  });
  const publish = (items: object[]) => publisher.publishAsync('lab/items', JSON.stringify({ items }), { qos: 1 });
  const ask = async (url: string, path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, json: (await response.json().catch(() => null)) as never };
  };
  const logIn = async (url: string, password = PASSWORD) => {
    const body = JSON.stringify({ user: 'admin', password });
    return ask(url, '/api/v1/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  };
  const alarmsOf = async (url: string, bearer: string): Promise<Alarm[]> =>
    (
      (await ask(url, '/api/v1/alarms?system=lab&limit=100', { headers: { authorization: `Bearer ${bearer}` } }))
        .json as { items: Alarm[] }
    ).items.sort((a, b) => (a.id < b.id ? -1 : 1));
  const audited = async (url: string, bearer: string) =>
    (await ask(url, '/api/v1/audit/verification', { headers: { authorization: `Bearer ${bearer}` } })).json as {
      ok: boolean;
      last: number;
    };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'citywall-backup-'));
    [broker, redis] = await Promise.all([startMosquitto(), startRedis()]);
    publisher = await connectAsync(broker.url);
    site = labSite({ 'alarms.yaml': RULES });
    server = await startServer(env({ CITYWALL_REDIS_URL: redis.url, CITYWALL_DATA_DIR: join(dir, 'data') }));
    token = ((await logIn(server.url)).json as { token: string }).token;
    await publish(Array.from({ length: STANDING }, (_, i) => ({ key: `high-${i}`, v: 20, ts: Date.now() })));
    await eventually(
      () => alarmsOf(server.url, token),
      (items) => items.length === STANDING,
    );
    const [first] = await alarmsOf(server.url, token);
    await ask(server.url, `/api/v1/alarms/${encodeURIComponent(first?.id ?? '')}/ack`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    // ten messages of ten readings and a rejection at a time, the next ones as soon as the server has answered
    load = (async () => {
      for (let n = 0; loading; n++) {
        const items = Array.from({ length: 10 }, (_, i) => ({ key: `busy-${i}`, v: n % 8, ts: Date.now() }));
        await Promise.all(Array.from({ length: 10 }, () => publish(items)));
        await publish([{ key: `bad-${n % 5}`, v: 'none' }]);
        await fetch(`${server.url}/healthz`);
      }
    })();
    await eventually(
      async () => existsSync(join(dir, 'data/archive/audit/house')) && existsSync(join(dir, 'data/archive/rejections')),
      (there) => there,
    );
    before = await eventually(
      () => alarmsOf(server.url, token),
      (items) => items.some(({ acknowledged }) => acknowledged !== null),
    );
    file = join(dir, 'saved.tar.gz');
    made = await citywall(
      ['backup', '--to', file],
      env({ CITYWALL_REDIS_URL: redis.url, CITYWALL_DATA_DIR: join(dir, 'data') }),
    );
  });
  afterAll(async () => {
    loading = false;
    await load?.catch(() => {});
    await server?.stop();
    await publisher?.endAsync();
    await Promise.all([broker?.stop(), redis?.stop()]);
    site?.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is one file that only its owner may read, with nothing left beside it', () => {
    expect(made.err).toBe('');
    expect(made.code).toBe(0);
    expect(made.out).toContain(`${STANDING} standing alarms`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir).sort()).toEqual(['data', 'saved.tar.gz']);
    expect(JSON.parse(readFileSync(join(dir, 'data/backups/last.json'), 'utf8'))).toMatchObject({ file });
  });

  it('is proven without being put anywhere', async () => {
    const run = await citywall(['restore', file, '--check']);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toMatch(
      /sound: 12 standing alarms, 1 account, audit entries 1 to \d+, \d+ lines of \d archived journals/,
    );
    expect(run.out).toContain('not brought back: 1 session;');
  });

  it('comes back whole: alarms, audit, archive, packs, accounts; only the sessions do not', async () => {
    const dataDir = join(dir, 'restored');
    // the server went on: what it wrote since must not be in there
    expect((await audited(server.url, token)).ok).toBe(true);
    const run = await citywall(['restore', file, '--data-dir', dataDir]);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(dataDir, 'packs/lab/alarms.yaml'), 'utf8')).toBe(RULES);

    const own = await startRedis({ dir: join(dataDir, 'redis') });
    // no broker: only what was saved is there
    const again = await startServer(
      env({
        CITYWALL_REDIS_URL: own.url,
        CITYWALL_DATA_DIR: dataDir,
        CITYWALL_PACKS_DIR: join(dataDir, 'packs'),
        CITYWALL_MQTT_URL: 'mqtt://127.0.0.1:1',
      }),
    );
    try {
      const bearer = { authorization: `Bearer ${token}` };
      expect((await ask(again.url, '/api/v1/alarms', { headers: bearer })).status).toBe(401);
      const { token: anew } = (await logIn(again.url)).json as { token: string };
      const restored = await alarmsOf(again.url, anew);
      expect(restored.map(({ id, acknowledged }) => [id, acknowledged?.by])).toEqual(
        before.map(({ id, acknowledged }) => [id, acknowledged?.by]),
      );
      const { items } = (await ask(again.url, '/api/v1/audit', { headers: { authorization: `Bearer ${anew}` } }))
        .json as { items: { action: string }[] };
      expect(items.map(({ action }) => action).slice(0, 3)).toEqual(['session.open', 'backup.restore', 'backup.make']);
      // the archiver goes on in the files it was given, and the audit stays one chain
      const known = await reader(own.url);
      await eventually(
        async () =>
          JSON.parse((await known.redis.commands.hget('cw:archive', 'audit/house')) ?? '{"n":0}') as { n: number },
        ({ n }) => n >= items.length,
      );
      known.close();
      expect(await audited(again.url, anew)).toMatchObject({ ok: true });
      const verified = await citywall(['archive', 'verify', '--dir', join(dataDir, 'archive')]);
      expect(verified).toMatchObject({ code: 0 });
      expect(verified.out).not.toContain('told as missing');
    } finally {
      await again.stop();
      await own.stop();
    }
  });

  it('leaves packs alone that another system may use, unless they are named', async () => {
    // a drill beside the running system, with its environment
    const dataDir = join(dir, 'drill');
    writeFileSync(join(site.dir, 'since.txt'), 'written after the backup');
    const run = await citywall(['restore', file, '--data-dir', dataDir], { CITYWALL_PACKS_DIR: site.dir });
    expect(run).toMatchObject({ code: 0, out: expect.stringContaining(`${site.dir} was left as it is`) });
    expect(existsSync(join(site.dir, 'since.txt'))).toBe(true);
    expect(existsSync(join(dataDir, 'packs/lab/alarms.yaml'))).toBe(true);
    const packs = join(dir, 'other-packs');
    mkdirSync(packs);
    writeFileSync(join(packs, 'old.txt'), '');
    const named = await citywall(['restore', file, '--data-dir', dataDir, '--packs-dir', packs]);
    expect(named.code).toBe(0);
    expect(readdirSync(packs)).toEqual(readdirSync(join(dataDir, 'packs')).filter((name) => name !== 'since.txt'));
    rmSync(join(site.dir, 'since.txt'));
  });

  it('keeps what stood in the data directory, and goes into an external Redis only where that is empty', async () => {
    const dataDir = join(dir, 'used');
    expect((await citywall(['restore', file, '--data-dir', dataDir])).code).toBe(0);
    const run = await citywall(['restore', file, '--data-dir', dataDir]);
    expect(run.code).toBe(0);
    const [aside = ''] = readdirSync(dataDir).filter((name) => name.startsWith('before-restore-'));
    expect(readdirSync(join(dataDir, aside)).sort()).toEqual(['archive', 'packs', 'redis']);

    const other = await startRedis();
    try {
      const into = { CITYWALL_REDIS_URL: other.url };
      expect((await citywall(['restore', file, '--data-dir', join(dir, 'external')], into)).code).toBe(0);
      expect(existsSync(join(dir, 'external/redis'))).toBe(false);
      const known = await reader(other.url);
      expect(await known.redis.commands.hlen('cw:{lab}:alarms')).toBe(STANDING);
      known.close();
      const full = await citywall(['restore', file, '--data-dir', join(dir, 'external')], into);
      expect(full).toMatchObject({ code: 1, err: expect.stringContaining('holds a state already') });
    } finally {
      await other.stop();
    }
  });

  it('is refused where it was changed, cut off, newer, or is something else', async () => {
    const tried = async (name: string, bytes: Buffer) => {
      const path = join(dir, name);
      writeFileSync(path, bytes);
      const run = await citywall(['restore', path, '--data-dir', join(dir, 'untouched')]);
      expect(run.code).toBe(1);
      expect(existsSync(join(dir, 'untouched', 'redis'))).toBe(false);
      return run.err;
    };
    const tar = gunzipSync(readFileSync(file));
    const changed = Buffer.from(tar);
    changed.write('- id: level-HIGH', changed.indexOf('- id: level-high'));
    expect(await tried('changed.tar.gz', gzipSync(changed))).toMatch(
      /is damaged: packs\/lab\/\S+ is not what was saved/,
    );
    expect(await tried('cut.tar.gz', readFileSync(file).subarray(0, 5_000))).toContain('damaged or cut off');
    const newer = Buffer.from(tar);
    newer.write('"backup": 9', newer.indexOf('"backup": 1'));
    expect(await tried('newer.tar.gz', gzipSync(newer))).toContain('backup format 9');
    const later = Buffer.from(tar);
    later.write('"stateFormat": 9', later.indexOf(/"stateFormat": \d/.exec(tar.toString('latin1'))?.[0] ?? ''));
    expect(await tried('later.tar.gz', gzipSync(later))).toContain('state format 9');
    expect(await tried('other.gz', gzipSync('hello'))).toContain('is no backup of CityWall');
    expect(await tried('other.txt', Buffer.from('hello'))).toContain('is no backup of CityWall');
  });

  it('is not put under a house that runs', async () => {
    const dataDir = join(dir, 'busy');
    const run = join(dataDir, 'run');
    expect((await citywall(['restore', file, '--data-dir', dataDir])).code).toBe(0);
    mkdirSync(run);
    writeFileSync(join(run, 'server.json'), JSON.stringify({ name: 'server', pid: process.pid }));
    const refused = await citywall(['restore', file, '--data-dir', dataDir]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`server (process ${process.pid})`) });
    const taken = await citywall(['backup', '--to', file], env({ CITYWALL_REDIS_URL: redis.url }));
    expect(taken).toMatchObject({ code: 1, err: expect.stringContaining('is there already') });
  });
});
