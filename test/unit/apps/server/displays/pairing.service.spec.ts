import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditAct, AuditEntry } from '../../../../../apps/server/src/audit/audit.types.js';
import {
  CODE,
  CODE_LOCK,
  CODE_TTL,
  codeFrom,
  MAX_WRONG_CODES,
  PairingService,
} from '../../../../../apps/server/src/displays/pairing.service.js';
import type {
  PairedDisplay,
  PairingStore,
  WaitingDisplay,
} from '../../../../../apps/server/src/displays/pairing.types.js';
import { MemoryStore } from '../auth/memory-store.js';

/** Redis' part, in memory; what expires is asked of the service, which has the test's clock. */
class MemoryPairings implements PairingStore {
  readonly codes = new Map<string, string>();
  readonly waits = new Map<string, WaitingDisplay>();
  readonly kept = new Map<string, PairedDisplay>();

  async putWaiting(hash: string, waiting: WaitingDisplay) {
    if (this.codes.has(waiting.code)) return false;
    this.codes.set(waiting.code, hash);
    this.waits.set(hash, waiting);
    return true;
  }
  async waiting(hash: string) {
    return this.waits.get(hash) ?? null;
  }
  async takeCode(code: string) {
    const hash = this.codes.get(code) ?? null;
    this.codes.delete(code);
    return hash;
  }
  async paired(hash: string) {
    return this.kept.get(hash) ?? null;
  }
  async allPaired() {
    return [...this.kept];
  }
  async addPaired(hash: string, display: PairedDisplay) {
    this.kept.set(hash, display);
    this.waits.delete(hash);
  }
  async updatePaired(hash: string, display: PairedDisplay) {
    if (this.kept.has(hash)) this.kept.set(hash, display);
  }
  async dropPaired(hash: string) {
    return this.kept.delete(hash);
  }
}

const HALL = '192.0.2.10';
let store: MemoryPairings;
let attempts: MemoryStore;
let acts: AuditAct[];
let pairing: PairingService;
let draws: number;

beforeEach(() => {
  store = new MemoryPairings();
  attempts = new MemoryStore();
  acts = [];
  draws = 0;
  pairing = new PairingService(
    store,
    attempts,
    {
      record: async (act) => {
        acts.push(act);
        return act as AuditEntry;
      },
    },
    () => attempts.now,
    (bytes) => Buffer.alloc(bytes, ++draws),
  );
});

describe('a code', () => {
  it('is six letters and digits that nobody mistakes, and of the token only the hash is kept', async () => {
    const { token, code } = await pairing.announce(HALL, 'Chromium');
    expect(code).toMatch(CODE);
    expect(code).not.toMatch(/[IO01]/);
    expect(JSON.stringify([...store.waits, ...store.codes])).not.toContain(token);
    expect(await pairing.stateOf(token)).toEqual({ state: 'waiting', code, expiresAt: attempts.now + CODE_TTL });
  });

  it('is drawn again where another display shows it', async () => {
    const first = await pairing.announce(HALL, '');
    draws = 1;
    const second = await pairing.announce(HALL, '');
    expect(second.code).not.toBe(first.code);
  });

  it('is read as people type it', () => {
    expect(codeFrom(' k7m-2q x ')).toBe('K7M2QX');
  });

  it('lets its display in, once', async () => {
    const { token, code } = await pairing.announce(HALL, 'Chromium');
    expect(await pairing.find(token, HALL)).toBeNull();
    const made = await pairing.pair(code.toLowerCase(), '大厅左屏', 'op');
    expect(made).toMatchObject({ name: '大厅左屏', pairedBy: 'op', agent: 'Chromium' });
    expect(await pairing.find(token, HALL)).toEqual({
      user: `display/${made.id}`,
      roles: ['display'],
      grants: [],
      expiresAt: null,
    });
    expect(await pairing.stateOf(token)).toEqual({ state: 'paired', id: made.id, name: '大厅左屏' });
    await expect(pairing.pair(code, 'again', 'op')).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('holds for ten minutes', async () => {
    const { token, code } = await pairing.announce(HALL, '');
    attempts.now += CODE_TTL;
    expect(await pairing.stateOf(token)).toEqual({ state: 'none' });
    await expect(pairing.pair(code, 'late', 'op')).rejects.toMatchObject({ reason: 'not-found' });
    expect(await pairing.find(token, HALL)).toBeNull();
  });

  it('cannot be guessed: five wrong ones lock the account, whatever it enters then', async () => {
    const { code } = await pairing.announce(HALL, '');
    for (let i = 0; i < MAX_WRONG_CODES; i++)
      await expect(pairing.pair('ZZZZZZ', 'guess', 'op')).rejects.toMatchObject({ reason: 'not-found' });
    const locked = { reason: 'locked', extra: { retryAfter: CODE_LOCK / 1000 } };
    await expect(pairing.pair(code, 'right', 'op')).rejects.toMatchObject(locked);
    // others are not locked with it, and a right one forgets what was wrong before
    await expect(pairing.pair(code, 'right', 'other')).resolves.toMatchObject({ name: 'right' });
  });
});

describe('a paired display', () => {
  const paired = async (name = 'hall') => {
    const { token, code } = await pairing.announce(HALL, '');
    return { token, ...(await pairing.pair(code, name, 'op')) };
  };

  it('never idles out', async () => {
    const { token } = await paired();
    attempts.now += 400 * 86_400_000;
    expect(await pairing.find(token, HALL)).not.toBeNull();
  });

  it('is out as soon as it is revoked, and does not come back by being used meanwhile', async () => {
    const { token, id } = await paired();
    await pairing.revoke(id);
    attempts.now += 120_000;
    expect(await pairing.find(token, HALL)).toBeNull();
    expect(await pairing.stateOf(token)).toEqual({ state: 'none' });
    await expect(pairing.revoke(id)).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('tells once that its token is used from another address', async () => {
    const { token, id } = await paired();
    await pairing.find(token, HALL);
    expect(acts).toEqual([]);
    for (let i = 0; i < 3; i++) {
      await pairing.find(token, '198.51.100.7');
      await pairing.find(token, HALL);
    }
    expect(acts.map(({ action, subject, address }) => [action, subject, address])).toEqual([
      ['displays.elsewhere', id, '198.51.100.7'],
    ]);
    expect((await pairing.list())[0]?.addresses.map(({ address }) => address)).toEqual([HALL, '198.51.100.7']);
  });

  it('goes on while Redis takes no writes', async () => {
    const { token } = await paired();
    store.updatePaired = async () => {
      throw new Error('MISCONF');
    };
    attempts.now += 120_000;
    expect(await pairing.find(token, '198.51.100.8')).not.toBeNull();
  });

  it('are listed by name', async () => {
    await paired('b');
    await paired('a');
    expect((await pairing.list()).map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
