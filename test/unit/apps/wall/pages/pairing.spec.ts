import { describe, expect, it } from '@jest/globals';
import { askPairing, lookAtPairing, type Pairing } from '../../../../../apps/wall/src/pages/display/usePairing.js';

const WAITING: Pairing = { state: 'waiting', code: 'K7M2QX', expiresAt: '2026-07-09T14:45:02+08:00' };
const answer = (status: number, body: unknown = {}) =>
  (async () => ({ ok: status < 400, status, json: async () => body })) as unknown as typeof fetch;

describe('a display that may not watch', () => {
  it('asks for a code where it shows none, and for none where it does or is paired', async () => {
    const asked: string[] = [];
    const told = (pairing: Pairing) => async (what: 'current' | 'new') => {
      asked.push(what);
      return what === 'new' ? WAITING : pairing;
    };
    expect(await lookAtPairing(told({ state: 'none' }))).toEqual(WAITING);
    expect(await lookAtPairing(told(WAITING))).toEqual(WAITING);
    expect(await lookAtPairing(told({ state: 'paired', id: '1', name: 'hall' }))).toMatchObject({ state: 'paired' });
    expect(asked).toEqual(['current', 'new', 'current', 'current']);
  });

  it('tells a server that is away from one that refuses', async () => {
    expect(await askPairing('new', answer(201, WAITING))).toEqual(WAITING);
    await expect(askPairing('new', answer(429))).rejects.toMatchObject({ trouble: 'refused' });
    await expect(askPairing('current', answer(503))).rejects.toMatchObject({ trouble: 'unreachable' });
    const away = (async () => {
      throw new TypeError('Failed to fetch');
    }) as unknown as typeof fetch;
    await expect(askPairing('current', away)).rejects.toMatchObject({ trouble: 'unreachable' });
  });
});
