import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { type Service, startMosquitto, startRedis } from '../../support/services.js';
import { eventually, journal, type LabServer, labSite, type Site, startLab } from '../feeds/lab.js';

jest.setTimeout(90_000);

/** A file system of 6 MB, or null where this user may not mount one. */
function smallDisk(): { dir: string; remove(): void } | null {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dir], { stdio: 'ignore' });
  } catch {
    rmSync(dir, { recursive: true });
    return null;
  }
  return {
    dir,
    remove() {
      execFileSync('umount', ['-l', dir]);
      rmSync(dir, { recursive: true });
    },
  };
}

describe('Redis that does not take writes', () => {
  let undo: (() => unknown)[] = [];
  let broker: Awaited<ReturnType<typeof startMosquitto>>;
  let redis: Service;
  let site: Site;
  let lab: LabServer;
  let publisher: MqttClient;

  const open = async (options: Parameters<typeof startRedis>[0] = {}) => {
    site = labSite();
    [broker, redis] = await Promise.all([startMosquitto(), startRedis(options)]);
    lab = await startLab(site, broker.url, redis.url);
    publisher = await connectAsync(broker.url, { protocolVersion: 5 });
    undo.push(
      () => site.remove(),
      () => broker.stop(),
      () => redis.stop(),
      () => lab.stop(),
      () => publisher.endAsync(),
    );
    await eventually(
      async () => {
        await publisher.publishAsync('lab/untimed/probe', '{"door":"x"}', { qos: 1 });
        return journal(lab.state, 'untimed');
      },
      (rows) => rows.length > 0,
    );
  };
  afterEach(async () => {
    for (const step of undo.reverse()) await step();
    undo = [];
  });

  const publish = (id: number, text = '') =>
    publisher.publishAsync('lab/count/k', JSON.stringify({ id, ts: Date.now(), text }), { qos: 1 });
  const ids = async () => (await journal(lab.state, 'count')).map(({ value }) => value);
  const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
  const redisOf = () =>
    (lab.state as unknown as { redis: { commands: { call(...args: string[]): Promise<unknown> } } }).redis.commands;

  it('for lack of memory: says so, acknowledges nothing, resumes by itself', async () => {
    await open();
    for (let i = 0; i < 20; i++) await publish(i);
    await eventually(ids, ({ length }) => length === 20);
    await redisOf().call('CONFIG', 'SET', 'maxmemory', '100kb');
    for (let i = 20; i < 60; i++) await publish(i);
    const notice = await eventually(
      () => lab.notices.get('redis-refuses'),
      (found) => found !== undefined,
      5_000,
    );
    expect(notice?.text.en).toContain('OOM');
    expect(await ids()).toHaveLength(20);
    await redisOf().call('CONFIG', 'SET', 'maxmemory', '0');
    await eventually(ids, ({ length }) => length === 60);
    await eventually(
      () => lab.notices.get('redis-refuses'),
      (found) => found === undefined,
    );
    expect(await ids()).toEqual(numbers(60));
  });

  it('while it refuses, a server that stops has acknowledged nothing of it', async () => {
    await open();
    await redisOf().call('CONFIG', 'SET', 'maxmemory', '100kb');
    for (let i = 0; i < 30; i++) await publish(i);
    await eventually(
      () => lab.notices.get('redis-refuses'),
      (found) => found !== undefined,
      5_000,
    );
    await lab.stop();
    const other = await startLab(site, broker.url, redis.url);
    const last = undo.length - 2;
    undo[last] = () => other.stop();
    lab = other;
    await redisOf().call('CONFIG', 'SET', 'maxmemory', '0');
    await eventually(ids, ({ length }) => length === 30);
    expect(await ids()).toEqual(numbers(30));
  });

  it('as a read-only replica', async () => {
    await open();
    await redisOf().call('REPLICAOF', '127.0.0.1', '1');
    await publish(0);
    const notice = await eventually(
      () => lab.notices.get('redis-refuses'),
      (found) => found !== undefined,
      5_000,
    );
    expect(notice?.text.en).toContain('READONLY');
    await redisOf().call('REPLICAOF', 'NO', 'ONE');
    await eventually(ids, ({ length }) => length === 1);
    await eventually(
      () => lab.notices.get('redis-refuses'),
      (found) => found === undefined,
    );
  });

  it('stopped without closing its sockets: is missed within 5 s, and nothing is lost', async () => {
    await open();
    redis.signal('SIGSTOP');
    for (let i = 0; i < 10; i++) await publish(i);
    await eventually(
      () => lab.notices.get('redis-gone'),
      (found) => found !== undefined,
      5_000,
    );
    redis.signal('SIGCONT');
    await eventually(ids, ({ length }) => length === 10);
    await eventually(
      () => lab.notices.get('redis-gone'),
      (found) => found === undefined,
    );
    expect(await ids()).toEqual(numbers(10));
  });

  it('for lack of disk: nothing acknowledged is lost, and it resumes when there is room', async () => {
    const disk = smallDisk();
    if (!disk) {
      console.warn('SKIPPED: this user may not mount a tmpfs, so no disk could be filled');
      return;
    }
    undo.push(() => disk.remove());
    const filler = join(disk.dir, 'filler');
    writeFileSync(filler, Buffer.alloc(5 * 1024 * 1024));
    await open({ dir: disk.dir });
    let published = 0;
    // No faster than it is written: what waits at the broker must find room afterwards.
    const count = async () => (await lab.state.feedCounters('lab').catch(() => null))?.get('count')?.messages ?? 0;
    while (lab.health.up) {
      await Promise.all(Array.from({ length: 50 }, () => publish(published++, 'x'.repeat(200))));
      await eventually(count, (n) => n >= published || !lab.health.up);
    }
    await eventually(
      () => lab.notices.get('redis-gone') ?? lab.notices.get('redis-refuses'),
      (found) => found !== undefined,
      5_000,
    );
    rmSync(filler);
    await redis.restart().catch(() => redis.restart());
    // The connection that reads may still be on its way back.
    await eventually(
      () => ids().catch(() => []),
      ({ length }) => length >= published,
      30_000,
    );
    expect(await ids()).toEqual(numbers(published));
    expect(lab.notices.get('redis-gone')).toBeUndefined();
    expect(lab.notices.get('redis-refuses')).toBeUndefined();
  });
});
