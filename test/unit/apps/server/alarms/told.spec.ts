import type { Alarm } from '@citywall/alarms';
import { describe, expect, it } from '@jest/globals';
import { Teller, veiled } from '../../../../../apps/server/src/alarms/told.js';
import { asset, pack } from '../../../../support/pack.js';

const NOW = Date.parse('2026-07-09T14:00:00+08:00');

const city = pack('elderly', {
  assetTypes: { home: { name: { zh: '居家户', en: 'Home' }, expected: [] } },
  metrics: [
    {
      type: 'home',
      name: 'level',
      label: { zh: '水位', en: 'Level' },
      kind: 'gauge',
      unit: 'm',
      decimals: 2,
      history: 'hour',
    },
    {
      type: 'home',
      name: 'state',
      label: { zh: '状态', en: 'State' },
      kind: 'state',
      history: 'hour',
      states: { fall: { zh: '跌倒', en: 'fallen' } },
    },
    { type: 'home', name: 'phone', label: { zh: '电话', en: 'Phone' }, kind: 'text', history: 'none' },
  ],
  assets: [
    asset('elderly/home/open', {
      name: '日间照料中心',
      place: { lon: 107.3, lat: 30.3 },
      attributes: { town: '桂溪街道', limit: 2 },
    }),
    asset('elderly/home/secret', {
      name: '某户',
      place: { lon: 107.2, lat: 30.2 },
      attributes: { town: '桂阳街道', access: 'private', street: '某路9号', limit: 3 },
    }),
  ],
  occurrenceTypes: {
    call: {
      name: { zh: '求助', en: 'Call' },
      statuses: { open: { zh: '待处置', en: 'open' } },
      levels: { red: { zh: '红', en: 'red' } },
      fields: { caller: { name: { zh: '来电人', en: 'Caller' } }, tel: { name: { zh: '电话', en: 'Phone' } } },
    },
  },
  pii: { occurrences: { call: { caller: 'name', tel: 'phone' } }, readings: { 'home/phone': 'phone' } },
  alarms: [
    {
      id: 'high',
      metric: 'home/level',
      when: { atLeast: { attribute: 'limit' } },
      priority: 2,
      group: ['town', 'nobody'],
      text: { zh: '{asset} {value} {unit}，限 {limit}', en: '{asset} at {value} {unit} of {limit}' },
      guidance: { zh: '致电 {asset}', en: 'Call {asset}' },
    },
    { id: 'fallen', metric: 'home/state', when: { is: 'fall' }, priority: 1, text: { zh: '{value}', en: '{value}' } },
    {
      id: 'calls',
      metric: 'home/phone',
      when: { is: 'x' },
      priority: 3,
      text: { zh: '来电 {value}', en: 'From {value}' },
    },
    {
      id: 'call',
      occurrence: { type: 'call' },
      priority: 1,
      text: { zh: '{type}{level} {status}：{caller} {tel} {note}，{gone}', en: '{type} {level} {status}: {caller}' },
    },
  ],
});

const alarm = (rule: string, more: Partial<Alarm> = {}): Alarm => ({
  id: `elderly/${rule}/home/open`,
  rule,
  asset: 'elderly/home/open',
  occurrence: null,
  priority: 2,
  standing: 'active',
  acknowledged: null,
  unknown: false,
  raising: null,
  clearing: null,
  raisedAt: NOW,
  clearedAt: null,
  changedAt: NOW,
  at: NOW,
  value: 2.5,
  origin: 'simulated',
  feed: 'f',
  suppressedBy: null,
  cause: null,
  stage: null,
  place: null,
  extent: null,
  knownUntil: null,
  version: 7,
  shelved: null,
  outOfService: null,
  comments: [],
  seenValue: null,
  worsened: null,
  chattering: null,
  announcedAt: null,
  ...more,
});
const stage = (fields: Record<string, string>) => ({ type: 'call', status: 'open', level: 'red', fields });

describe('what is told of an alarm', () => {
  const teller = new Teller(city);

  it('has its names, its text in both languages, its place and what it is grouped by', () => {
    expect(teller.tellStanding(alarm('high', { suppressedBy: 'fallen', cause: 'elderly/fallen/home/open' }))).toEqual({
      id: 'elderly/high/home/open',
      system: 'elderly',
      rule: 'high',
      asset: 'elderly/home/open',
      occurrence: null,
      name: '日间照料中心',
      priority: 2,
      state: 'active-unacknowledged',
      unknown: false,
      raisedAt: NOW,
      changedAt: NOW,
      clearedAt: null,
      metric: 'level',
      limit: { side: 'above', value: 2 },
      value: 2.5,
      unit: 'm',
      text: { zh: '日间照料中心 2.50 m，限 2', en: '日间照料中心 at 2.50 m of 2' },
      guidance: { zh: '致电 日间照料中心', en: 'Call 日间照料中心' },
      group: { town: '桂溪街道', nobody: null },
      town: '桂溪街道',
      suppressedBy: 'elderly/fallen/home/open',
      place: { lon: 107.3, lat: 30.3 },
      origin: 'simulated',
      acknowledged: null,
      version: 7,
      active: true,
      shelved: null,
      outOfService: null,
      comments: [],
      worsened: null,
      chattering: null,
      hidden: false,
    });
  });

  it('says a state in its words', () => {
    expect(teller.tell(alarm('fallen', { value: 'fall' })).text).toEqual({ zh: '跌倒', en: 'fallen' });
  });

  it('never holds a personal value or field, in no text and no value', () => {
    const read = teller.tell(alarm('calls', { value: '13812345678' }));
    expect([read.value, read.text.zh]).toEqual(['138****5678', '来电 138****5678']);
    const fields = { caller: '张三丰', tel: '13812345678', note: '请回电 13987654321' };
    const born = teller.tell(alarm('call', { occurrence: 'c1', value: null, stage: stage(fields) }));
    expect(born.text).toEqual({
      zh: '求助红 待处置：张** 138****5678 请回电 139****4321，—',
      en: 'Call red open: 张**',
    });
    expect(JSON.stringify(born)).not.toMatch(/13812345678|三丰|13987654321/);
  });

  it('[PR22] is hidden from visitors at a private asset, or where an occurrence names one', () => {
    expect(teller.tell(alarm('high', { asset: 'elderly/home/secret' })).hidden).toBe(true);
    const named = alarm('call', { asset: null, occurrence: 'c1', stage: stage({ where: '某户' }) });
    expect(teller.tell(named).hidden).toBe(true);
    expect(teller.tell({ ...named, stage: stage({ where: '别处' }) }).hidden).toBe(false);
  });

  it('[PR22] tells neither name nor place of a private asset, only what kind, which of them, and the town', () => {
    const told = teller.tell(alarm('high', { asset: 'elderly/home/secret' }));
    expect(told).toMatchObject({
      masked: true,
      place: null,
      town: '桂阳街道',
      group: { town: '桂阳街道', nobody: null },
    });
    expect(told.name).toMatch(/^居家户 #[0-9a-f]{4}$/);
    expect(told.text).toEqual({
      zh: `${told.name} 2.50 m，限 3`,
      en: `${told.name?.replace('居家户', 'Home')} at 2.50 m of 3`,
    });
    expect(told.guidance?.zh).toBe(`致电 ${told.name}`);
    expect(JSON.stringify(told)).not.toMatch(/某户|某路|107\.2/);
    expect(teller.tell(alarm('high'))).not.toHaveProperty('masked');
  });

  it('[PR22] takes the name of a private asset out of the fields of an occurrence, and its place away', () => {
    const named = alarm('call', {
      asset: null,
      occurrence: 'c1',
      place: { lon: 107.2, lat: 30.2 },
      stage: stage({ where: '某户', note: '在某户门口', caller: '张三丰' }),
    });
    const told = teller.tell(named);
    expect(told.text.zh).toMatch(/：张\*\* — 在居家户 #[0-9a-f]{4}门口/);
    expect(told.place).toBeNull();
    expect(JSON.stringify(told)).not.toMatch(/某户|三丰/);
  });

  it('discloses the name, the place and the personal fields, and only these fields', () => {
    expect(teller.disclose(alarm('high', { asset: 'elderly/home/secret' }))).toEqual({
      name: '某户',
      text: { zh: '某户 2.50 m，限 3', en: '某户 at 2.50 m of 3' },
      guidance: { zh: '致电 某户', en: 'Call 某户' },
      place: { lon: 107.2, lat: 30.2 },
      fields: [],
    });
    const fields = { where: '某户', caller: '张三丰', tel: '13812345678' };
    expect(teller.disclose(alarm('call', { asset: null, occurrence: 'c1', stage: stage(fields) }))).toMatchObject({
      fields: [
        { name: { zh: '来电人', en: 'Caller' }, value: '张三丰' },
        { name: { zh: '电话', en: 'Phone' }, value: '13812345678' },
      ],
    });
  });

  it('says no more than that there is one, where an earlier CityWall kept the name', () => {
    const { masked: _, ...told } = teller.tell(alarm('high', { asset: 'elderly/home/secret' }));
    const before = { ...told, name: '某户', text: { zh: '某户', en: '某户' }, place: { lon: 107.2, lat: 30.2 } };
    expect(JSON.stringify(veiled(before))).not.toMatch(/某户|107\.2/);
    expect(veiled(before)).toMatchObject({ masked: true, town: '桂阳街道' });
    const open = teller.tell(alarm('high'));
    expect(veiled(open)).toBe(open);
  });

  it('is nothing while it only is pending, and its key where nobody declared the asset', () => {
    expect(teller.tellStanding(alarm('high', { standing: 'none' }))).toBeNull();
    expect(teller.tell(alarm('high', { asset: 'elderly/home/x/y' }))).toMatchObject({
      name: 'x/y',
      town: null,
      place: null,
    });
  });
});
