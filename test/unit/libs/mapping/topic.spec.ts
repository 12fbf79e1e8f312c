import { parseTopic, SpecError } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';

const match = (pattern: string, topic: string): string[] | null => parseTopic(pattern).match(topic);

describe('topic patterns', () => {
  it.each([
    ['slj/dj/{stcd}/rt', 'slj/dj/+/rt'],
    ['/hfp/v2/{kind}/#', '/hfp/v2/+/#'],
    ['zigbee2mqtt/{name...}', 'zigbee2mqtt/#'],
    ['zigbee2mqtt/{name...}/availability', 'zigbee2mqtt/#'],
    ['$SYS/broker/{what}', '$SYS/broker/+'],
    ['$share/wall/a/{b}', '$share/wall/a/+'],
    ['shelly-{id}/status', '+/status'],
    ['#', '#'],
  ])('%s subscribes to %s', (pattern, filter) => {
    expect(parseTopic(pattern).filter).toBe(filter);
  });

  it('captures levels in order, also empty ones', () => {
    expect(match('/sys/{product}/{key}/post', '/sys/a1/d7/post')).toEqual(['a1', 'd7']);
    expect(match('a/{x}/c', 'a//c')).toEqual(['']);
    expect(match('a/{x}/c', 'a/b/d')).toBeNull();
    expect(match('a/{x}', 'a/b/c')).toBeNull();
  });

  it('captures the rest, before fixed levels too, at least one level', () => {
    expect(match('z/{name...}', 'z/a/b/c')).toEqual(['a/b/c']);
    expect(match('z/{name...}', 'z')).toBeNull();
    expect(match('z/{name...}/availability', 'z/a/b/availability')).toEqual(['a/b']);
    expect(match('z/{name...}/availability', 'z/availability')).toBeNull();
    expect(match('{site}/{name...}/{what}/set', 's/a/b/on/set')).toEqual(['s', 'a/b', 'on']);
  });

  it('captures within a level', () => {
    expect(match('shellies/shellyht-{id}/t', 'shellies/shellyht-77/t')).toEqual(['77']);
    expect(match('{id}.json', '12.json')).toEqual(['12']);
    expect(match('x-{id}', 'x-')).toBeNull();
    expect(match('x-{id}', 'y-7')).toBeNull();
  });

  it('takes no topic of fewer or more levels', () => {
    for (const topic of ['a', 'a/b', 'a/b/c/', 'a/b/c/d', '/a/b/c', '', '/'])
      expect(match('a/{x}/c', topic)).toBeNull();
    expect(match('{x}', '')).toEqual(['']);
    expect(match('a/{x}', 'a/')).toEqual(['']);
    expect(match('{x}-', 'b-')).toEqual(['b']);
    expect(match('a-{x}-a', 'a-a')).toBeNull();
    expect(match('{x}/ab', 'c/b')).toBeNull();
  });

  it('says what every topic it takes begins with', () => {
    const heads = ['plant/{x}', 'shelly-{id}/status', '{x}/a', '+/a', '#', '/sys/+', '$share/wall/a/{b}'];
    expect(heads.map((pattern) => parseTopic(pattern).head)).toEqual(['plant', 'shelly-', '', '', '', '', 'a']);
  });

  it('takes + and # as MQTT does', () => {
    expect(match('a/#', 'a')).toEqual([]);
    expect(match('a/#', 'a/b/c')).toEqual([]);
    expect(match('a/+/c', 'a/b/c')).toEqual([]);
    expect(match('+/b', '/b')).toEqual([]);
  });

  it('keeps $-topics from wildcards at the start', () => {
    expect(match('#', '$SYS/uptime')).toBeNull();
    expect(match('{a}/uptime', '$SYS/uptime')).toBeNull();
    expect(match('$SYS/#', '$SYS/uptime')).toEqual([]);
  });

  it('takes the group of a shared subscription off before matching', () => {
    expect(match('$share/wall/a/{b}', 'a/7')).toEqual(['7']);
  });

  it.each([
    '',
    'a/#/b',
    'a/{b',
    'a/b}',
    'a/{b}/{b}',
    'a/{1x}',
    'a/x{b...}',
    '{a...}/{b...}',
    'a+/b',
    '$share/g',
    'a/{x}{y}',
  ])('refuses %j', (pattern) => {
    expect(() => parseTopic(pattern)).toThrow(SpecError);
  });
});
