import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { isSystemId } from '@citywall/model';
import { type Command, type Surroundings, UsageError } from '../command.js';
import { scaffold } from '../scaffold.js';

export const newCommand: Command = {
  name: 'new',
  usage: 'new SYSTEM [--dir DIR] [--zh 名称] [--en NAME]',
  summary: 'Write a small, whole pack to start from, into DIR/SYSTEM (default CITYWALL_PACKS_DIR, else ./packs).',
  async run(args, io) {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { dir: { type: 'string' }, zh: { type: 'string' }, en: { type: 'string' } },
    });
    const [id] = positionals;
    if (id === undefined || positionals.length > 1) throw new UsageError('give one system id, like waste');
    if (!isSystemId(id)) {
      throw new UsageError(`"${id}" is no system id: lower-case letters, digits and "-", letter first, at most 40`);
    }
    const folder = resolve(values.dir ?? io.env.CITYWALL_PACKS_DIR ?? 'packs', id);
    await refuseTaken(folder, id, io);
    const schemas = relative(folder, join(io.places.builtinPacksDir, '../../docs/reference/schema'));
    const files = scaffold({
      id,
      zh: values.zh ?? id,
      en: values.en ?? id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' '),
      schemas: schemas.split(sep).join('/'),
    });
    for (const [name, text] of files) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { flag: 'wx' });
    }
    const shown = relative(process.cwd(), folder);
    const near = shown !== '' && !shown.startsWith('..') ? shown : folder;
    io.out(`${near}: ${files.size} files`);
    io.out(`next: npm run citywall -- check ${near} && npm run citywall -- test ${near}`);
    io.out('then put your topic and paths into feeds.yaml; docs/new-system.md goes through it in ten minutes');
    return 0;
  },
};

async function refuseTaken(folder: string, id: string, io: Surroundings): Promise<void> {
  const inside = await readdir(folder).catch((): string[] => []);
  if (inside.length > 0) throw new UsageError(`${folder} is there already and not empty`);
  const builtin = await readdir(io.places.builtinPacksDir).catch((): string[] => []);
  if (builtin.includes(id)) {
    throw new UsageError(`${id} is a built-in system: to change it, put only the changed entries into ${folder}`);
  }
}
