import { FAULT_KINDS, faultSpec } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';

const messages = (fault: unknown) => faultSpec.safeParse(fault).error?.issues.map(({ message }) => message) ?? [];

describe('faults', () => {
  it.each(FAULT_KINDS)('%s takes a system, a stream or assets of it', (kind) => {
    const more = { clock: { by: '8h' }, spike: { add: 9 } }[kind as string] ?? {};
    expect(faultSpec.parse({ kind, of: 'water', ...more })).toMatchObject({ kind, of: 'water' });
    expect(faultSpec.parse({ kind, of: 'water/river', assets: ['R01'], ...more })).toMatchObject({ assets: ['R01'] });
    expect(messages({ kind, of: 'Water River', ...more }).join()).toMatch(/system\/stream, like water/);
    expect(messages({ kind, of: 'water', ...more, sahre: 1 }).join()).toMatch(/known keys/);
  });

  it('fills in what is usual', () => {
    expect(faultSpec.parse({ kind: 'burst', of: 'water' })).toEqual({ kind: 'burst', of: 'water', times: 50 });
    expect(faultSpec.parse({ kind: 'reorder', of: 'water', within: '1m' })).toEqual({
      kind: 'reorder',
      of: 'water',
      share: 1,
      within: 60_000,
    });
  });

  it('reads how far a clock is off, both ways', () => {
    const by = (text: string) => (faultSpec.parse({ kind: 'clock', of: 'water', by: text }) as { by: number }).by;
    expect([by('8h'), by('+30m'), by('-1h')]).toEqual([28_800_000, 1_800_000, -3_600_000]);
    const read = faultSpec.parse({ kind: 'clock', of: 'water', by: '-1h' });
    expect(faultSpec.parse(read)).toEqual(read);
    expect(messages({ kind: 'clock', of: 'water', by: 'late' })).toEqual(['expected how far off, like 8h or -30m']);
    expect(messages({ kind: 'clock', of: 'water' })).not.toEqual([]);
  });

  it('a spike goes one way', () => {
    expect(messages({ kind: 'spike', of: 'water', add: 9, set: 3 })).toEqual([
      'expected exactly one of set, add, scale',
    ]);
    expect(messages({ kind: 'nonsense', of: 'water' })).not.toEqual([]);
  });
});
