import type { AlarmHappening } from '@citywall/model';

/** Something that happened to an alarm of the system water, at an asset. */
export function happening(
  key: string,
  kind: AlarmHappening['kind'] = 'raised',
  more: Partial<AlarmHappening['alarm']> = {},
  at = 1_000,
): AlarmHappening {
  return {
    kind,
    at,
    alarm: {
      id: `water/high/reservoir/${key}`,
      system: 'water',
      rule: 'high',
      asset: `water/reservoir/${key}`,
      occurrence: null,
      name: key,
      priority: 2,
      state: 'active-unacknowledged',
      unknown: false,
      raisedAt: at,
      changedAt: at,
      clearedAt: kind === 'cleared' ? at : null,
      value: 463.2,
      unit: 'm',
      text: { zh: `${key}水位 463.2 m`, en: `Level of ${key} 463.2 m` },
      guidance: { zh: '核对闸门', en: 'Look at the gates' },
      group: {},
      town: '桂溪街道',
      suppressedBy: null,
      place: { lon: 107.3, lat: 30.3 },
      origin: 'live',
      acknowledged: null,
      version: 1,
      active: kind !== 'cleared',
      shelved: null,
      outOfService: null,
      comments: [],
      worsened: null,
      chattering: null,
      hidden: false,
      ...more,
    },
  };
}
