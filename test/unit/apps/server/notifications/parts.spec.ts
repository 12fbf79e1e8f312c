import { createHmac } from 'node:crypto';
import type { RouteSpec } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../../apps/server/src/notifications/address.js';
import { messageOf } from '../../../../../apps/server/src/notifications/message.js';
import { judge, pauseAfter } from '../../../../../apps/server/src/notifications/retry.js';
import { targetsOf } from '../../../../../apps/server/src/notifications/routes.js';
import { signatureOf } from '../../../../../apps/server/src/notifications/signature.js';
import { type Told, toldOf } from '../../../../../apps/server/src/notifications/told.js';
import { happening } from '../../../../support/happening.js';

const WATER = { zh: '智慧水利', en: 'Water' };
const told = (...args: Parameters<typeof happening>) => toldOf(happening(...args), WATER) as Told;

describe('routes', () => {
  const route = (more: Partial<RouteSpec>): RouteSpec => ({ id: 'a', to: ['duty'], events: ['raised'], ...more });
  const goes = (more: Partial<RouteSpec>, at: string, one: Partial<Told> = {}) =>
    targetsOf({ ...told('x', 'raised', {}, Date.parse(at)), ...one }, { zone: 'Asia/Shanghai', routes: [route(more)] })
      .length > 0;
  const THURSDAY = '2026-07-09T14:35:00+08:00';

  it('fit by event, priority and system', () => {
    expect(goes({}, THURSDAY)).toBe(true);
    expect(goes({ events: ['cleared'] }, THURSDAY)).toBe(false);
    expect(goes({ priorities: [1] }, THURSDAY)).toBe(false);
    expect(goes({ priorities: [1, 2], systems: ['water'] }, THURSDAY)).toBe(true);
    expect(goes({ systems: ['urban'] }, THURSDAY)).toBe(false);
  });

  it('fit by the time of day; hours over midnight belong to the day they begin on', () => {
    const night = { hours: '20:00-08:00', days: ['thu'] as RouteSpec['days'] & object };
    expect(goes(night, THURSDAY)).toBe(false);
    expect(goes(night, '2026-07-09T20:00:00+08:00')).toBe(true);
    expect(goes(night, '2026-07-10T07:59:00+08:00')).toBe(true);
    expect(goes(night, '2026-07-09T07:59:00+08:00')).toBe(false);
    expect(goes({ hours: '08:00-14:35' }, THURSDAY)).toBe(false);
    expect(goes({ hours: '14:35-24:00' }, THURSDAY)).toBe(true);
  });

  it('give an event to a target once', () => {
    const routes = [route({ to: ['a', 'b'] }), route({ to: ['b', 'c'] })];
    expect(targetsOf(told('x'), { zone: 'Asia/Shanghai', routes })).toEqual(['a', 'b', 'c']);
  });

  it('give the end to whoever was told of the beginning, whatever hour it is and however grave it became', () => {
    const events: RouteSpec['events'] = ['raised', 'cleared'];
    const night = route({ to: ['night'], events, hours: '20:00-08:00', priorities: [2] });
    const reds = route({ to: ['reds'], events: ['raised'] });
    const file = { zone: 'Asia/Shanghai', routes: [night, reds] };
    const over = told('x', 'cleared', { priority: 1 }, Date.parse(THURSDAY));
    expect(targetsOf(over, file)).toEqual([]);
    expect(targetsOf(over, file, ['night', 'reds'])).toEqual(['night']);
  });
});

describe('what is told', () => {
  it('names nothing of a private asset', () => {
    const text = JSON.stringify(told('home-7', 'raised', { hidden: true }).alarm);
    expect(text).not.toContain('home-7');
    expect(text).toContain('桂溪街道');
  });

  it('tells nothing that a person wrote to a private one: that may name who lives there', () => {
    const one = { ...happening('home-7', 'acknowledged', { hidden: true }), by: 'seat-1', note: '已电话联系王某' };
    expect(toldOf(one, WATER)).not.toHaveProperty('note');
    expect(toldOf({ ...one, alarm: { ...one.alarm, hidden: false } }, WATER)).toHaveProperty('note');
  });
});

describe('messages', () => {
  const form = { format: 'json', lang: 'zh', zone: 'Asia/Shanghai' } as const;

  it('are signed as Standard Webhooks has it', () => {
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const proof = createHmac('sha256', key).update('id.1614265330.{"test": 2432232314}').digest('base64');
    expect(signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'id', 1_614_265_330, '{"test": 2432232314}')).toBe(
      `v1,${proof}`,
    );
  });

  it('of the 企业微信 bot say what, where and since when; of 钉钉 are signed in the address', () => {
    const one = told(
      'longtan',
      'raised',
      { priority: 1, origin: 'simulated' },
      Date.parse('2026-07-09T14:35:02+08:00'),
    );
    const { markdown } = JSON.parse(messageOf(one, 'k', { ...form, format: 'wecom' }, 0).body);
    expect(markdown.content).toContain('**【演示数据】P1 紧急 · 告警**');
    expect(markdown.content).toContain('> 系统：智慧水利');
    expect(markdown.content).toContain('> 发生：2026-07-09 14:35:02');
    const ding = messageOf(one, 'k', { ...form, format: 'dingtalk', secret: 'SEC1' }, 1_614_265_330_000);
    expect(ding.query).toEqual({
      timestamp: '1614265330000',
      sign: createHmac('sha256', 'SEC1').update('1614265330000\nSEC1').digest('base64'),
    });
    expect(JSON.parse(ding.body).markdown.title).toBe('【演示数据】P1 紧急 告警');
  });

  it('let no text of a platform become a link, a mention or a form of its own, and stay within bounds', () => {
    const bad = '<@all> [点我](http://evil.example) **x**\u202e\n# 标题';
    const one = told('x', 'raised', { text: { zh: bad, en: bad }, name: bad.repeat(200) });
    const { content } = JSON.parse(messageOf(one, 'k', { ...form, format: 'wecom' }, 0).body).markdown;
    for (const form of ['<', '[', '](', '@', '\u202e', '\n# ']) expect(content).not.toContain(form);
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4_096);
  });

  it.each([
    'https://evil.example/pay',
    'HTTP://evil.example',
    'www.evil.example',
    'pay at evil.example/x now',
    'mailto:a@evil.example',
    '\\\\share\\x',
    '&lt;@all&gt;',
    'a\u2028# 标题',
  ])('leave nothing in a text that a chat makes a link of by itself: %j', (bad) => {
    const one = told('x', 'raised', { text: { zh: bad, en: bad } });
    const { content } = JSON.parse(messageOf(one, 'k', { ...form, format: 'wecom' }, 0).body).markdown;
    expect(content).not.toMatch(/:\/\/|www\.|evil\.example|\\\\|&lt;|[\u2028\u2029]|mailto:/i);
  });

  it('keep figures and places as they are', () => {
    const text = '龙滩水库 463.2 m（汛限 462.0 m），WAT_RSV-01: 3/5';
    const one = told('x', 'raised', { text: { zh: text, en: text } });
    expect(JSON.parse(messageOf(one, 'k', { ...form, format: 'wecom' }, 0).body).markdown.content).toContain(text);
  });

  it('are cut between characters', () => {
    const one = told('x', 'raised', { text: { zh: `x${'🌊'.repeat(3_000)}`, en: '' } });
    const { content } = JSON.parse(messageOf(one, 'k', { ...form, format: 'wecom' }, 0).body).markdown;
    expect(content.isWellFormed()).toBe(true);
  });
});

describe('attempts', () => {
  it('are apart by more and more, with jitter', () => {
    const pauses = [1, 2, 3, 10, 60].map((attempts) => [pauseAfter(attempts, 0), pauseAfter(attempts, 1)]);
    expect(pauses).toEqual([
      [1_000, 2_000],
      [2_000, 4_000],
      [4_000, 8_000],
      [450_000, 900_000],
      [450_000, 900_000],
    ]);
  });

  it.each([
    [200, '{"errcode":0}', 'delivered'],
    [200, '{"errcode":45009}', 'failed'],
    [200, '{"errcode":45033}', 'failed'],
    [200, '{"errcode":310000}', 'refused'],
    [200, '<html>', 'failed'],
    [301, '', 'refused'],
    [404, '', 'refused'],
    [429, '', 'failed'],
    [502, '', 'failed'],
  ])('answer %i %s: %s', (status, body, outcome) => {
    expect(judge(status, body, true).outcome).toBe(outcome);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['::ffff:7f00:1', true],
    ['169.254.169.254', false],
    ['::ffff:a9fe:a9fe', false],
    ['64:ff9b::169.254.169.254', false],
    ['fe80::1', false],
    ['0.0.0.0', false],
    ['::', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['100.100.100.200', false],
    ['fd00:ec2::254', false],
  ])('go to %s never by themselves', (address, whenSaid) => {
    expect(refusalOf(address, false)).not.toBeNull();
    expect(refusalOf(address, true) === null).toBe(whenSaid);
  });

  it.each(['10.1.2.3', '192.168.0.9', '203.0.113.7', '2001:db8::1'])('go to %s', (address) => {
    expect(refusalOf(address, false)).toBeNull();
  });
});
