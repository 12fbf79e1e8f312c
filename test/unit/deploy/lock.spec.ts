import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Entry {
  version?: string;
  optionalDependencies?: Record<string, string>;
}
const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../../..', file), 'utf8'));
const packages = read('package-lock.json').packages as Record<string, Entry>;

describe('package-lock.json', () => {
  it('has the native parts of every platform, or npm ci refuses on all of them', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter((name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`])
        .map((name) => `${path} needs ${name}`),
    );
    // Remedy: an older version of the needing package, by `overrides` in package.json.
    expect(missing).toEqual([]);
  });

  it('knows the workspaces as package.json names them', () => {
    const root = read('package.json') as { workspaces: string[] };
    for (const workspace of root.workspaces) {
      const { dependencies = {}, devDependencies = {} } = read(`${workspace}/package.json`);
      expect(packages[workspace]).toMatchObject({
        ...(Object.keys(dependencies).length ? { dependencies } : {}),
        ...(Object.keys(devDependencies).length ? { devDependencies } : {}),
      });
    }
  });
});
