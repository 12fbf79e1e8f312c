import { parentPort, workerData } from 'node:worker_threads';
import { readHere } from './reading.js';
import type { ThreadAnswer, ThreadTask } from './reading-thread.js';

/** A thread that reads the packs once and ends: what reading leaves behind (trees, places, schemas) goes with it. */
const { reading, before, running } = workerData as ThreadTask;
const { loaded, print } = await readHere(reading)(before, running);
const kept = [...loaded.values()].filter(({ id, pack }) => pack !== undefined && pack === before.get(id)?.pack);
for (const { pack: _, ...same } of kept) loaded.set(same.id, same);
parentPort?.postMessage({ loaded, print, kept: kept.map(({ id }) => id) } satisfies ThreadAnswer);
