import { parentPort, workerData } from 'node:worker_threads';
import { buildOf, PackCacheRepository } from './pack-cache.repository.js';
import { readHere } from './reading.js';
import type { ThreadAnswer, ThreadTask } from './reading-thread.js';

/** A thread that reads the packs once and ends: what reading leaves behind (trees, places, schemas) goes with it. */
const { reading, before, running, program, cacheFile } = workerData as ThreadTask;
const cache = new PackCacheRepository(cacheFile, await buildOf(new URL(program)));
// who has read before knows more than the last start
const cached = before.size > 0 ? null : await cache.read();
const { loaded, print } = await readHere(reading)(cached ?? before, running);
const fresh = [...loaded.values()].some(({ id, print: sum, problems }) => {
  return problems.length === 0 && (cached ?? before).get(id)?.print !== sum;
});

const kept = [...loaded.values()].filter(({ id, pack }) => pack !== undefined && pack === before.get(id)?.pack);
const answer = new Map(loaded);
for (const { pack: _, ...same } of kept) answer.set(same.id, same);
parentPort?.postMessage({ loaded: answer, print, kept: kept.map(({ id }) => id) } satisfies ThreadAnswer);
// after the answer: nobody waits for it
if (fresh) await cache.write(loaded.values());
