import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');
const vite = join(repository, 'node_modules/vite/bin/vite.js');

/** The built wall behind the headers of the product, with `/preview`; everything in it ends with `close`. */
export interface BuiltWall {
  base: string;
  close(): Promise<void>;
}

// Vite runs as its own process: its native bundler doesn't take objects made inside Jest
function run(outDir: string, mode: 'preview' | 'production', ...args: string[]): ChildProcess {
  return spawn(process.execPath, [vite, ...args, '--mode', mode, '--outDir', outDir], {
    cwd: join(repository, 'apps/wall'),
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function build(outDir: string, mode: 'preview' | 'production'): Promise<string> {
  const [code] = await once(run(outDir, mode, 'build', '--logLevel', 'error'), 'exit');
  if (code !== 0) throw new Error(`vite build ended with ${code}`);
  return outDir;
}

/**
 * The wall with `/preview` in it: what `npm test` has built for all, else one built into `folder/dist`. Resolves with its path.
 * @throws where it can't be built
 */
export async function previewWall(folder: string): Promise<string> {
  const prepared = process.env.CITYWALL_TEST_PREVIEW;
  return prepared ?? build(join(folder, 'dist'), 'preview');
}

/** The wall as it is delivered: what `npm test` has just built, else one built into `folder`. */
export async function deliveredWall(folder: string): Promise<string> {
  return process.env.CITYWALL_TEST_BUILT === '1'
    ? join(repository, 'apps/wall/dist')
    : build(join(folder, 'dist'), 'production');
}

/** @throws where the wall can't be built, or its server ends before it listens */
export async function buildWall(): Promise<BuiltWall> {
  const folder = await mkdtemp(join(tmpdir(), 'citywall-wall-'));
  const server = run(await previewWall(folder), 'preview', 'preview', '--port', '0');
  const base = await new Promise<string>((resolve, reject) => {
    let said = '';
    server.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (url) resolve(url[0]);
    });
    server.once('exit', (exit) => reject(new Error(`vite preview ended with ${exit}: ${said}`)));
  });
  return {
    base,
    async close() {
      if (server.exitCode === null) {
        const gone = once(server, 'exit');
        server.kill();
        await gone;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
