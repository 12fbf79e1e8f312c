import type { FeedSpec } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { compilePack, packCompiler } from '../../../../../apps/server/src/packs/compile.js';

const feed: FeedSpec = {
  id: 'f',
  topic: 'spBv1.0/{group}/{kind}/{node}',
  decode: 'sparkplug-b',
  asset: 'node/{node}',
  each: 'metrics',
  readings: [{ metric: '{@.name}', path: 'value' }],
};
const pack = (id: string): Pack => ({ id, zone: 'Asia/Shanghai', feeds: [feed] }) as unknown as Pack;
const says = (kind: string, metric: object) => ({
  topic: `spBv1.0/g/${kind}/n`,
  payload: new TextEncoder().encode(JSON.stringify({ seq: kind === 'NBIRTH' ? 0 : 1, metrics: [metric] })),
  receivedAt: 1_783_000_000_000,
  retained: false,
  origin: 'live' as const,
});
const birth = says('NBIRTH', { name: 'level', alias: 1, value: 3 });
const later = says('NDATA', { alias: 1, value: 4 });

describe('packCompiler', () => {
  it('the next version of a pack knows the births the one before it heard', () => {
    const compile = packCompiler();
    compile(pack('water')).map(birth);
    expect(compile(pack('water')).map(later)[0]?.readings).toMatchObject([{ metric: 'level', value: 4 }]);
  });

  it('packs are apart, and so is what is compiled to be tried', () => {
    const compile = packCompiler();
    compile(pack('water')).map(birth);
    for (const other of [compile(pack('gas')), compilePack(pack('water')), packCompiler()(pack('water'))]) {
      expect(other.map(later)[0]).toMatchObject({ readings: [], rejections: [{ reason: 'value' }] });
    }
  });
});
