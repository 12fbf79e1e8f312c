import { describe, expect, it } from '@jest/globals';
import { NoticesService } from '../../../../../apps/server/src/notices/notices.service.js';
import { durabilityOf } from '../../../../../apps/server/src/ops/durability.js';
import { type ReadinessProbe, ReadinessService } from '../../../../../apps/server/src/ops/readiness.service.js';

const always = { appendonly: 'yes', appendfsync: 'always', save: '' };
const good: ReadinessProbe = { write: async () => {}, settings: async () => always };
const text = { zh: '断开', en: 'no broker at mqtt://127.0.0.1' };

describe('durability', () => {
  it.each([
    [always, 'always'],
    [{ appendonly: 'yes', appendfsync: 'everysec' }, 'everysec'],
    [{ appendonly: 'yes', appendfsync: 'no' }, 'os'],
    [{ appendonly: 'no', appendfsync: 'everysec', save: '3600 1' }, 'snapshots'],
    [{ appendonly: 'no', save: '' }, 'none'],
    [null, 'unknown'],
    [{}, 'unknown'],
  ])('%p promises %s', (settings, durability) => {
    expect(durabilityOf(settings as Record<string, string> | null).durability).toBe(durability);
  });
});

describe('ready', () => {
  const service = (probe: Partial<ReadinessProbe> = {}, notices = new NoticesService(), systems = 4) =>
    new ReadinessService(
      { ...good, ...probe },
      notices,
      () => systems,
      () => 0,
      20,
    );

  it('when Redis takes writes, brokers are connected and packs run', async () => {
    expect(await service().check()).toEqual({
      ready: true,
      reasons: [],
      durability: { durability: 'always', detail: expect.stringContaining('nothing acknowledged is lost') },
    });
  });

  it('is not ruled out by what concerns one feed or pack', async () => {
    const notices = new NoticesService();
    notices.raise('feed-silent', { subject: 'water/x', text });
    notices.raise('pack-refused', { subject: 'water', text });
    expect((await service({}, notices).check()).ready).toBe(true);
  });

  it.each([
    ['Connection is closed.', 'redis-gone'],
    ['MISCONF Redis is configured to save', 'redis-refuses'],
    ['OOM command not allowed', 'redis-refuses'],
  ])('not when a write answers %p', async (message, reason) => {
    const write = async () => {
      throw new Error(message);
    };
    expect(await service({ write }).check()).toMatchObject({
      ready: false,
      reasons: [{ reason, detail: message }],
      durability: { durability: 'unknown' },
    });
  });

  it('not when Redis does not answer at all', async () => {
    const readiness = await service({ write: () => new Promise(() => {}) }).check();
    expect(readiness.reasons).toEqual([{ reason: 'redis-gone', detail: 'Redis did not answer in 20 ms' }]);
  });

  it('tells a condition once, in the words of its notice', async () => {
    const notices = new NoticesService();
    notices.raise('broker-gone', { subject: 'default', text });
    notices.raise('redis-gone', { text: { zh: '', en: 'since a minute' } });
    const write = async () => {
      throw new Error('Connection is closed.');
    };
    const { reasons } = await service({ write }, notices).check();
    expect(reasons).toHaveLength(2);
    expect(reasons).toContainEqual({ reason: 'broker-gone', detail: text.en });
    expect(reasons).toContainEqual({ reason: 'redis-gone', detail: 'since a minute' });
  });

  it('not without a system, and not while it stops', async () => {
    const empty = service({}, new NoticesService(), 0);
    empty.stop();
    expect((await empty.check()).reasons.map(({ reason }) => reason)).toEqual(['stopping', 'no-packs']);
  });
});
