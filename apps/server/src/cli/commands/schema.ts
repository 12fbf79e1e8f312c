import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command } from '../command.js';
import { packReference } from '../reference.js';

export const schemaCommand: Command = {
  name: 'schema',
  usage: 'schema [--dir DIR]',
  summary: 'Write the pack reference: JSON Schemas for editors, pack.md and ops.md (default docs/reference).',
  async run(args, io) {
    const { values } = parseArgs({ args, options: { dir: { type: 'string' } } });
    const directory = resolve(values.dir ?? join(io.places.builtinPacksDir, '../../docs/reference'));
    const files = packReference();
    for (const [name, text] of files) {
      const path = join(directory, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    io.out(`${files.size} files written to ${directory}`);
    return 0;
  },
};
