import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command } from '../command.js';

export const schemaCommand: Command = {
  name: 'schema',
  usage: 'schema [--dir DIR]',
  summary:
    'Write the generated reference: JSON Schemas for editors, pack.md, panels.md, ops.md, environment.md, api.md.',
  async run(args, io) {
    const { values } = parseArgs({ args, options: { dir: { type: 'string' } } });
    const directory = resolve(values.dir ?? join(io.places.builtinPacksDir, '../../docs/reference'));
    // Loaded here alone: the reference of the interface brings half of the server with it.
    const { reference } = await import('../reference.js');
    const files = reference();
    for (const [name, text] of files) {
      const path = join(directory, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    io.out(`${files.size} files written to ${directory}`);
    return 0;
  },
};
