import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ENVIRONMENT } from '../../../apps/server/src/config/environment.js';

const ROOT = join(import.meta.dirname, '../../..');
const unit = (name: string) => readFileSync(join(ROOT, 'deploy', name), 'utf8');
/** Settings of a unit: name → values, in order. */
const settings = (name: string) => {
  const found = new Map<string, string[]>();
  for (const line of unit(name).split('\n')) {
    const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key !== '') found.set(key, [...(found.get(key) ?? []), value]);
  }
  return found;
};

describe.each(['citywall.service', 'citywall-backup.service'])('deploy/%s', (name) => {
  const has = settings(name);

  it('runs a program of this repository, without npm, as a user of its own that may write one folder', () => {
    const [command = ''] = has.get('ExecStart') ?? [];
    const [node, script = ''] = command.split(' ');
    expect(node).toBe('/usr/bin/node');
    // what is built is there after `npm run build`
    if (!script.includes('/dist/')) expect(existsSync(join(ROOT, script))).toBe(true);
    expect(has.get('User')).toEqual(['citywall']);
    expect(has.get('StateDirectory')).toEqual(['citywall']);
    for (const [key, value] of [
      ['ProtectSystem', 'strict'],
      ['NoNewPrivileges', 'yes'],
      ['ProtectHome', 'yes'],
      ['PrivateTmp', 'yes'],
      ['CapabilityBoundingSet', ''],
      ['UMask', '0077'],
    ] as const)
      expect([key, has.get(key)]).toEqual([key, [value]]);
    // V8 compiles at run time
    expect(has.has('MemoryDenyWriteExecute')).toBe(false);
  });

  it('names only variables there are', () => {
    const named = [...unit(name).matchAll(/CITYWALL_[A-Z_]+/g)].map(([variable]) => variable);
    expect(named.filter((variable) => !(variable in ENVIRONMENT))).toEqual([]);
  });
});

it('deploy/citywall.service is kept up, and told when it hangs', () => {
  const has = settings('citywall.service');
  expect(has.get('Restart')).toEqual(['always']);
  expect([has.get('Type'), has.get('NotifyAccess')]).toEqual([['notify'], ['all']]);
  expect(has.get('WatchdogSec')).toHaveLength(1);
  expect(has.get('KillMode')).toEqual(['mixed']);
});
