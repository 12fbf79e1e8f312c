import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Pack } from '@citywall/pack-schema';
import type { Config } from '../config/index.js';
import type { LoadedPack } from './load.js';
import type { PackReader, PacksRead, Reading } from './reading.js';

/** What the thread is given. Everything in it is copied. */
export interface ThreadTask {
  reading: Reading;
  before: ReadonlyMap<string, LoadedPack>;
  running: ReadonlyMap<string, Pack>;
  /** URL of the thread's own program */
  program: string;
  /** where checked packs are kept for the next start */
  cacheFile: string;
}

export interface ThreadAnswer extends PacksRead {
  /** packs that are those of `before`: they come back without their pack, which the asker has */
  kept: string[];
}

/** The thread's program, which only the bundle has. */
const PROGRAM = new URL('../bundle/packs.js', import.meta.url);

/** What a process with these roles reads. */
export function readingOf(config: Config): Reading & { cacheFile: string } {
  const { builtinPacksDir, packsDir, recipesDir } = config;
  // who serves the pictures of simulated cameras needs to know which there are
  const simulates = config.hasRole('simulate') || (config.demo && config.listens);
  return {
    places: { builtinPacksDir, packsDir, recipesDir },
    without: simulates ? ['cases'] : ['cases', 'simulator'],
    // one for each of the two
    cacheFile: join(config.dataDir, 'cache', simulates ? 'packs-simulated.bin' : 'packs.bin'),
  };
}

/**
 * The way this process reads packs: in a thread of its own, so that neither a start nor a changed file holds up the messages,
 * and the memory of reading is given back; from sources, where there is no such program, in this thread.
 */
export function packReader(reading: Reading & { cacheFile: string }): PackReader {
  if (existsSync(PROGRAM)) return readInThread(PROGRAM, reading);
  return async (before, running) => (await import('./reading.js')).readHere(reading)(before, running);
}

/** Begins at once; the first who asks gets that reading. */
export function begun(read: PackReader): PackReader {
  let first: Promise<PacksRead> | undefined = read(new Map(), new Map());
  // whoever asks is told; until then nobody is there to hear it
  first.catch(() => {});
  return (before, running) => {
    const reading = first ?? read(before, running);
    first = undefined;
    return reading;
  };
}

/** A thread a reading. @param program what runs `reading.worker.ts` */
export function readInThread(program: URL, { cacheFile, ...reading }: Reading & { cacheFile: string }): PackReader {
  return async (before, running) => {
    const { kept, ...read } = await ask(program, { reading, before, running, program: program.href, cacheFile });
    for (const id of kept) {
      const known = before.get(id)?.pack;
      const same = read.loaded.get(id);
      if (known !== undefined && same !== undefined) read.loaded.set(id, { ...same, pack: known });
    }
    return read;
  };
}

function ask(program: URL, task: ThreadTask): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    // a larger young generation: what it makes is let go soon, and all of it with the thread
    const worker = new Worker(program, { workerData: task, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`the thread that reads them ended with ${code} before it was done`)),
    );
  });
}
