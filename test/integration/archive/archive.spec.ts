import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ArchiveRepository } from '../../../apps/server/src/archive/archive.repository.js';
import { ArchiveService } from '../../../apps/server/src/archive/archive.service.js';
import { ArchiveFiles } from '../../../apps/server/src/archive/archive-files.repository.js';
import { type Verified, verifyArchive } from '../../../apps/server/src/archive/verify.js';
import { NoticesService } from '../../../apps/server/src/notices/notices.service.js';
import { JournalTailRepository } from '../../../apps/server/src/state/journal-tail.repository.js';
import { type Service, startMosquitto, startServer } from '../../support/services.js';
import { batch, type OpenState, occurrence, openState } from '../state/open-state.js';

jest.setTimeout(240_000);

const LOG = 'cw:{water}:occ:log';
const ROOM = { free: 1e12, total: 2e12 };

describe('the archive', () => {
  let open: OpenState;
  let directory: string;
  let services: Service[];
  beforeEach(async () => {
    services = [];
    open = await openState();
    directory = mkdtempSync(join(tmpdir(), 'citywall-archive-'));
  });
  afterEach(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await open.close();
    rmSync(directory, { recursive: true, force: true });
  });

  let count = 0;
  const happen = (n: number) =>
    open.state.apply(
      'water',
      batch({
        occurrences: Array.from({ length: n }, () => {
          count += 1;
          return { occurrence: occurrence({ id: `case-${count}`, system: 'water' }), feed: 'f', create: true };
        }),
        feeds: [{ feed: 'f', messages: n, lastAt: Date.now() }],
      }),
    );
  const archivist = (notices = new NoticesService(), space = async () => ROOM, to = directory) =>
    new ArchiveService(
      () => ['water'],
      new ArchiveRepository(open.redis),
      new JournalTailRepository(open.redis),
      new ArchiveFiles(to),
      open.health,
      notices,
      space,
    );
  const verified = async (to = directory) => {
    const found: Verified[] = [];
    for await (const one of verifyArchive(to)) found.push(one);
    return found;
  };
  const lines = (journal: string, to = directory) =>
    readdirSync(join(to, journal, 'water'))
      .sort()
      .flatMap((name) =>
        readFileSync(join(to, journal, 'water', name), 'utf8')
          .split('\n')
          .filter(Boolean),
      )
      .map((line) => JSON.parse(line));
  const logged = async () => (await open.redis.commands.xrange(LOG, '-', '+')).map(([id]) => id);

  it('holds the occurrences and rejections as they were, raw', async () => {
    await open.state.apply(
      'water',
      batch({
        occurrences: [
          { occurrence: occurrence({ system: 'water', fields: { reporter: '13800000000' } }), feed: 'f', create: true },
        ],
        rejections: [
          {
            feed: 'f',
            topic: 't/1',
            receivedAt: 5000,
            payload: Buffer.from('{x'),
            rejections: [{ reason: 'decode', detail: 'not JSON' }],
          },
        ],
        feeds: [{ feed: 'f', messages: 1, lastAt: Date.now() }],
      }),
    );
    await archivist().look();
    expect(lines('occurrences')).toEqual([
      expect.objectContaining({ n: 1, occurrence: expect.objectContaining({ fields: { reporter: '13800000000' } }) }),
    ]);
    expect(lines('rejections')).toEqual([
      expect.objectContaining({
        feed: 'f',
        topic: 't/1',
        receivedAt: 5000,
        origin: 'live',
        retained: false,
        payload: Buffer.from('{x').toString('base64'),
        truncated: false,
        rejections: [{ reason: 'decode', detail: 'not JSON' }],
      }),
    ]);
    expect((await verified()).map((found) => found.break)).toEqual([null, null]);
  });

  it('counts exactly what Redis trimmed or deleted before it was archived', async () => {
    await happen(30);
    const service = archivist();
    await service.look();
    await happen(50);
    await open.redis.commands.xtrim(LOG, 'MAXLEN', 12);
    const kept = await logged();
    await open.redis.commands.xdel(LOG, kept[5] ?? '');
    await service.look();
    await happen(2000);
    await service.look();
    const [found] = await verified();
    expect(found).toMatchObject({ break: null, missing: 39, lines: 30 + 1 + 11 + 2000 });
  });

  it('one archives, the other waits and follows when it gives up', async () => {
    const [first, second] = [archivist(), archivist()];
    await happen(3);
    await first.look();
    await happen(3);
    await second.look();
    expect(lines('occurrences')).toHaveLength(3);
    await first.beforeApplicationShutdown();
    await second.look();
    await first.look();
    expect(lines('occurrences').map(({ id }) => id)).toEqual(await logged());
    expect(await open.redis.commands.hgetall('cw:archive')).toMatchObject({
      owner: expect.any(String),
      'occurrences/water': expect.stringContaining('"n":6'),
    });
  });

  it('says that the disk refuses or is nearly full, and goes on by itself', async () => {
    const notices = new NoticesService();
    await happen(2);
    let space = { free: 1, total: 1e12 };
    const service = archivist(notices, async () => space);
    await service.look();
    expect(notices.get('archive-behind')?.text.en).toContain('nearly full');
    await service.look();
    expect(notices.get('archive-behind')?.count).toBe(1);
    space = ROOM;
    await service.look();
    expect(notices.get('archive-behind')).toBeUndefined();

    const file = join(directory, 'no-folder');
    writeFileSync(file, '');
    const refusing = archivist(notices, async () => ROOM, file);
    await service.beforeApplicationShutdown();
    await happen(1);
    await refusing.look();
    expect(notices.get('archive-behind')).toMatchObject({ count: 1 });
    await refusing.beforeApplicationShutdown();
    rmSync(file);
    await archivist().look();
    expect(lines('occurrences').map(({ id }) => id)).toEqual(await logged());
  });

  it('killed and started again while the journal grows: every entry once, the chain holds', async () => {
    const broker = await startMosquitto();
    services.push(broker);
    const server = await startServer({
      CITYWALL_REDIS_URL: open.service.url,
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_DATA_DIR: directory,
      CITYWALL_ROLES: 'ingest',
      CITYWALL_LOG_LEVEL: 'error',
    });
    services.push(server);
    const to = join(directory, 'archive');
    const until = async (reached: () => Promise<boolean>) => {
      const deadline = Date.now() + 40_000;
      while (!(await reached())) {
        if (Date.now() > deadline) throw new Error(`the archive does not go on:\n${server.output()}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const archived = async () =>
      JSON.parse((await open.redis.commands.hget('cw:archive', 'occurrences/water')) ?? '{"id":"0-0"}').id as string;
    let stopped = false;
    const growing = (async () => {
      while (!stopped) {
        await happen(20);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    try {
      for (let kills = 0; kills < 4; kills++) {
        const before = await archived();
        await until(async () => (await archived()) !== before);
        await server.kill('SIGKILL');
        // As if the lease of the dead had ended.
        await open.redis.commands.hdel('cw:archive', 'owner', 'until');
        await server.restart();
      }
    } finally {
      stopped = true;
      await growing;
    }
    const expected = await logged();
    await until(async () => (await archived()) === expected.at(-1));
    expect(expected.length).toBeGreaterThan(1000);
    expect(lines('occurrences', to).map(({ id }) => id)).toEqual(expected);
    expect(await verified(to)).toEqual([expect.objectContaining({ break: null, missing: 0, lines: expected.length })]);
    expect(server.output()).not.toContain('not in the archive');
  });
});
