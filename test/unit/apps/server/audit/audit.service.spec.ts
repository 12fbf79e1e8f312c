import { beforeEach, describe, expect, it } from '@jest/globals';
import { detailOf, subjectOf } from '../../../../../apps/server/src/audit/act.js';
import { AuditService } from '../../../../../apps/server/src/audit/audit.service.js';
import type { AuditAct, AuditEntry, AuditHead } from '../../../../../apps/server/src/audit/audit.types.js';
import { BEGINNING } from '../../../../../apps/server/src/audit/seal.js';

const act = (more: Partial<AuditAct> = {}): AuditAct => ({
  at: 1_000,
  user: 'seat-2',
  roles: ['operator'],
  address: '10.0.0.7',
  action: 'alarms.handle',
  route: 'POST /api/v1/alarms/:id/ack',
  subject: 'water/high/river/a',
  detail: '',
  outcome: 'begun',
  ...more,
});

/** What is in Redis, and what the archive has. */
class Store {
  entries: AuditEntry[] = [];
  archived: AuditEntry[] = [];
  end: AuditHead = BEGINNING;
  /** calls before each append: another process that is first */
  meanwhile: (() => void) | undefined;

  async head() {
    return this.end;
  }
  async append(entry: AuditEntry, before: AuditHead) {
    this.meanwhile?.();
    if (before.seal !== this.end.seal) return false;
    this.entries.push(entry);
    this.end = { n: entry.n, seal: entry.seal };
    return true;
  }
  async *newest() {
    yield* [...this.entries].reverse();
  }
}

let store: Store;
let audit: AuditService;
beforeEach(() => {
  store = new Store();
  audit = new AuditService(
    store,
    {
      newest: async function* () {
        yield* [...store.archived].reverse();
      },
      oldest: async function* () {
        yield* store.archived;
      },
    },
    () => 0,
  );
});
const found = async (query = {}, before?: number) => {
  const all: number[] = [];
  for await (const { n } of audit.search(query, before)) all.push(n);
  return all;
};
/** What has gone from Redis after it was archived. */
const trim = (left: number) => {
  store.archived = [...store.entries];
  store.entries = store.entries.slice(-left);
};

describe('the audit', () => {
  it('numbers and seals every entry, however many come at once, whoever else writes', async () => {
    let other = 1;
    store.meanwhile = () => {
      if (other-- <= 0) return;
      // another process' entry stands where ours wanted to
      const stolen = { ...act({ user: 'other' }), n: 1, seal: 'x'.repeat(64) };
      store.entries.push(stolen);
      store.end = { n: 1, seal: stolen.seal };
    };
    await Promise.all([audit.record(act()), audit.record(act()), audit.record(act())]);
    expect(store.entries.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
    expect(new Set(store.entries.map(({ seal }) => seal)).size).toBe(4);
  });

  it.each<[string, (entries: AuditEntry[]) => void, string]>([
    [
      'a changed entry',
      (list) => Object.assign(list[1] ?? {}, { user: 'admin' }),
      'entry 2, or the one before it, was changed',
    ],
    ['a missing entry', (list) => list.splice(1, 1), 'entry 2 is missing, this is 3'],
    ['a missing end', (list) => list.pop(), 'entries 4 to 4 are missing at the end'],
    ['a changed seal', (list) => Object.assign(list[3] ?? {}, { seal: 'f'.repeat(64) }), 'entry 4'],
  ])('finds %s', async (_what, tamper, problem) => {
    for (let i = 0; i < 4; i++) await audit.record(act({ at: i }));
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 4, first: 1, last: 4, seal: store.end.seal });
    tamper(store.entries);
    const verdict = await audit.verify();
    expect(verdict.ok).toBe(false);
    expect(verdict.problem).toContain(problem);
  });

  it('goes on from files into Redis, also where the oldest files are gone', async () => {
    for (let i = 0; i < 6; i++) await audit.record(act({ at: i }));
    trim(2);
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 6, first: 1 });
    store.archived = store.archived.slice(2);
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 4, first: 3, last: 6 });
    store.archived = store.archived.slice(0, 1);
    expect(await audit.verify()).toMatchObject({ ok: false, problem: 'in Redis: entry 4 is missing, this is 5' });
  });

  it('is searched newest first through both, by who, what, when and words', async () => {
    await audit.record(act({ at: 1, user: 'admin', action: 'accounts.manage', subject: 'seat-2' }));
    await audit.record(act({ at: 2, detail: '{"reason":"检修"}' }));
    await audit.record(act({ at: 3, outcome: 'refused', reason: 'forbidden' }));
    await audit.record(act({ at: 4 }));
    trim(2);
    expect(await found()).toEqual([4, 3, 2, 1]);
    expect(await found({}, 3)).toEqual([2, 1]);
    expect(await found({ user: 'admin' })).toEqual([1]);
    expect(await found({ action: 'alarms' })).toEqual([4, 3, 2]);
    expect(await found({ q: '检修' })).toEqual([2]);
    expect(await found({ outcome: 'refused' })).toEqual([3]);
    expect(await found({ from: 2, to: 4 })).toEqual([3, 2]);
  });

  it('bounds what the refused can write', async () => {
    for (let i = 0; i < 100; i++) await audit.recordRefusal(act({ outcome: 'refused' }));
    expect(store.entries).toHaveLength(60);
    await audit.recordRefusal(act({ outcome: 'refused', address: '10.0.0.8' }));
    expect(store.entries).toHaveLength(61);
  });
});

describe('what of a request stands in it', () => {
  it('no secret, no long text', () => {
    const body = { user: 'xi', password: 'geheim', present: 'a', next: 'b', code: '123456', comment: '说'.repeat(500) };
    const text = detailOf({ id: 'a' }, undefined, body);
    expect(text).not.toMatch(/geheim|123456/);
    expect(JSON.parse(text)).toMatchObject({ id: 'a', user: 'xi', password: '***', code: '***' });
    expect(JSON.parse(text).comment).toHaveLength(200);
    expect(detailOf({ list: Array.from({ length: 200 }, () => 'z'.repeat(300)) }).length).toBeLessThanOrEqual(1_000);
    expect(detailOf({}, null, undefined)).toBe('');
  });

  it('is about the first parameter of the path, for a log-in the account', () => {
    expect(subjectOf({ id: 'water/high/river/a' }, {})).toBe('water/high/river/a');
    expect(subjectOf({}, { user: 'seat-2' })).toBe('seat-2');
    expect(subjectOf({}, { user: { a: 1 } })).toBe('');
  });

  it('is no password that somebody typed where the account belongs', () => {
    const body = { user: 'Correct-horse 9 battery', password: 'x' };
    expect(subjectOf({}, body)).toBe('(no account name)');
    expect(detailOf({}, undefined, body)).toBe('{"user":"(no account name)","password":"***"}');
    expect(detailOf({ countersign: { user: 'S3cret!', password: 'x' } })).not.toContain('S3cret');
  });
});
