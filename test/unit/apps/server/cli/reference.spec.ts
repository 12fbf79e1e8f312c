import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { reference } from '../../../../../apps/server/src/cli/reference.js';
import { ROOT } from './surroundings.js';

const REFERENCE = join(ROOT, 'docs/reference');

describe('docs/reference (npm run citywall -- schema writes it)', () => {
  const generated = reference();

  it.each([...generated.keys()])('%s is in step with the code', (name) => {
    expect(readFileSync(join(REFERENCE, name), 'utf8')).toBe(generated.get(name));
  });

  it('holds no schema of a file that is gone', () => {
    const names = readdirSync(join(REFERENCE, 'schema')).map((name) => `schema/${name}`);
    expect(names.filter((name) => !generated.has(name))).toEqual([]);
  });

  it('every pack file names the schema of its kind for editors', () => {
    const kinds = new Set([...generated.keys()].filter((name) => name.startsWith('schema/')));
    const packs = join(ROOT, 'libs/packs');
    const wrong: string[] = [];
    for (const { name: pack } of readdirSync(packs, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
      for (const file of readdirSync(join(packs, pack)).filter((name) => name.endsWith('.yaml'))) {
        const [first = ''] = readFileSync(join(packs, pack, file), 'utf8').split('\n');
        const schema = `schema/${file.replace('.yaml', '')}.schema.json`;
        if (!kinds.has(schema) || !first.endsWith(`$schema=../../../docs/reference/${schema}`))
          wrong.push(`${pack}/${file}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
