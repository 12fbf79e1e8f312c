import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { snapshotRedis } from '../../../apps/server/src/backup/redis-snapshot.gateway.js';
import { layAppendOnly, startSpareRedis } from '../../../apps/server/src/backup/spare-redis.gateway.js';
import { freePort, type Service, startRedis } from '../../support/services.js';

/** A snapshot over the protocol of replication, from a Redis of somebody else's: over TCP, with users. */
describe('a snapshot', () => {
  let dir: string;
  let service: Service;
  let redis: Redis;
  let port: number;
  let at: (user: string, password: string) => string;
  let n = 0;
  const file = () => join(dir, `${++n}.rdb`);

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'citywall-snapshot-'));
    port = await freePort();
    at = (user, password) => `redis://${user}:${password}@127.0.0.1:${port}`;
    service = await startRedis({ args: ['--port', String(port), '--bind', '127.0.0.1'] });
    redis = new Redis(service.url.replace('unix://', ''));
    await redis.acl('SETUSER', 'saver', 'on', '>secret', '~*', '+@all');
    await redis.acl('SETUSER', 'writer', 'on', '>secret', '~*', '+@all', '-sync', '-psync', '-replconf');
  });
  afterAll(async () => {
    redis?.disconnect();
    await service?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('shows one moment, whatever is written meanwhile, and holds bytes as they are', async () => {
    const blob = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256));
    await redis.set('blob', blob);
    // two keys that always are the same number
    let writing = true;
    const writer = redis.duplicate();
    const written = (async () => {
      for (let i = 1; writing; i++) await writer.multi().set('one', i).set('other', i).exec();
    })();
    const path = file();
    const bytes = await snapshotRedis(at('saver', 'secret'), path);
    writing = false;
    await written;
    writer.disconnect();
    expect(readFileSync(path)).toHaveLength(bytes);
    const target = join(dir, 'redis');
    await layAppendOnly(path, target);
    const spare = await startSpareRedis(target);
    try {
      expect(await spare.redis.get('one')).toBe(await spare.redis.get('other'));
      expect((await spare.redis.getBuffer('blob'))?.equals(blob)).toBe(true);
    } finally {
      await spare.stop();
    }
  });

  it('is refused in words: a wrong password, a user who may not, nobody there, no Redis at all', async () => {
    await expect(snapshotRedis(at('saver', 'wrong'), file())).rejects.toMatchObject({ reason: 'no-redis' });
    await expect(snapshotRedis(at('writer', 'secret'), file())).rejects.toThrow(/its user needs \+sync \+replconf/);
    await expect(snapshotRedis(`redis://127.0.0.1:${await freePort()}`, file())).rejects.toThrow(/ECONNREFUSED/);
    const other: Server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port: wrong } = other.address() as { port: number };
    await expect(snapshotRedis(`redis://127.0.0.1:${wrong}`, file())).rejects.toMatchObject({ reason: 'no-snapshot' });
    other.close();
  });

  it('that is no snapshot is said with the words of Redis', async () => {
    const target = join(dir, 'broken');
    mkdirSync(target);
    const path = file();
    writeFileSync(path, 'REDIS9999 no such version');
    await layAppendOnly(path, target);
    await expect(startSpareRedis(target)).rejects.toMatchObject({
      reason: 'damaged',
      message: expect.stringMatching(/cannot read the state: .*format/i),
    });
  });
});
