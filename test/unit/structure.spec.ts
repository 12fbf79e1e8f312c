import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** Rules of the house that no compiler checks: what is pure, who may touch the network, which way imports point. */
const root = join(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => /^(apps|libs)\/.*\.(ts|vue)$/.test(path));

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const offenders = (paths: string[], pattern: RegExp): string[] => paths.filter((path) => pattern.test(read(path)));

describe('structure', () => {
  const libs = tracked.filter((path) => path.startsWith('libs/'));

  it('finds the sources', () => {
    expect(libs.length).toBeGreaterThan(10);
  });

  it('libs are pure: no clock, no randomness, no node, no process', () => {
    const code = libs.map((path) => ({ path, text: read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '') }));
    const impure = /Date\.now\(\)|new Date\(\)|performance\.now\(\)|Math\.random\(\)|from 'node:|\bprocess\./;
    expect(code.filter(({ text }) => impure.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('only repositories, gateways, infra and transport touch ioredis, mqtt and socket.io', () => {
    const edges = /\.(repository|gateway)\.ts$|\/infra\/|\/transport\//;
    const network = /from '(ioredis|mqtt|socket\.io|socket\.io-client)'/;
    const inner = tracked.filter((path) => !edges.test(path));
    expect(offenders(inner, network)).toEqual([]);
  });

  it('imports between libs point one way', () => {
    const order = ['model', 'geo', 'mapping', 'aggregate', 'alarms', 'protocol', 'pack-schema', 'simulator'];
    const wrong = libs.flatMap((path) => {
      const own = order.indexOf(path.split('/')[1] ?? '');
      return [...read(path).matchAll(/from '@citywall\/([a-z-]+)'/g)]
        .map((match) => match[1] ?? '')
        .filter((name) => order.indexOf(name) >= own)
        .map((name) => `${path} imports ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it('the wall does not import the server, nor the server the wall', () => {
    expect(
      offenders(
        tracked.filter((path) => path.startsWith('apps/wall')),
        /@citywall\/server|apps\/server/,
      ),
    ).toEqual([]);
    expect(
      offenders(
        tracked.filter((path) => path.startsWith('apps/server')),
        /@citywall\/wall/,
      ),
    ).toEqual([]);
  });
});
