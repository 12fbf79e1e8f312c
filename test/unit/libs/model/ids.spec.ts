import { assetId, isAssetKey, isMetricName, isSystemId, parseAssetId } from '@citywall/model';
import { describe, expect, it } from '@jest/globals';

describe('asset ids', () => {
  it('takes an id apart, keeping slashes in the key', () => {
    expect(parseAssetId('water/reservoir/longtan')).toEqual({ system: 'water', type: 'reservoir', key: 'longtan' });
    expect(parseAssetId('home/device/kitchen/temp')).toEqual({ system: 'home', type: 'device', key: 'kitchen/temp' });
    expect(assetId('home', 'device', 'kitchen/temp')).toBe('home/device/kitchen/temp');
  });

  it.each(['water', 'water/reservoir', 'water/reservoir/', 'Water/reservoir/a', 'water/1type/a', 'water/t/a\u0000b'])(
    'refuses %j',
    (text) => {
      expect(parseAssetId(text)).toBeNull();
    },
  );

  it('bounds keys, metric names and system ids', () => {
    expect(isAssetKey('a'.repeat(200))).toBe(true);
    expect(isAssetKey('a'.repeat(201))).toBe(false);
    expect(isMetricName('a34004-Rtd')).toBe(true);
    expect(isMetricName('%RH')).toBe(false);
    expect(isMetricName('a'.repeat(101))).toBe(false);
    expect(isSystemId('__proto__')).toBe(false);
  });
});
