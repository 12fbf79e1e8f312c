/**
 * Start: how long from the start of the built server's process to its ready line, and how much memory it holds when
 * nothing happens. Real Redis and mosquitto are there already. *First* is a start with an empty data directory, in which all
 * built-in packs are checked; *server* is every other, which has what the start before found. The floor, in turn in the same run:
 * a Node process that does nothing but listen for HTTP.
 *
 * Usage: npm run bench start -- [--runs 7] [--idle 3]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startMosquitto, startRedis, startServer } from '../support/services.js';
import { cpuSeconds, inTurn, median, medianRatio, pause, report, residentMiB, rounded } from './arms.js';

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '7' }, idle: { type: 'string', default: '3' } },
});
/** seconds after the ready line until memory is looked at */
const IDLE = Number(options.idle);

interface Round {
  readyMs: number;
  /** CPU until ready, s */
  cpu: number;
  memoryMiB: number;
}

const redis = await startRedis();
const broker = await startMosquitto({ persistence: false });

const dataDir = mkdtempSync(join(tmpdir(), 'citywall-bench-'));

/** @param kept data directory; absent: an empty one */
async function server(kept?: string): Promise<Round> {
  const begin = performance.now();
  const started = await startServer(
    {
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_ROLES: 'ingest,push,api',
      ...(kept === undefined ? {} : { CITYWALL_DATA_DIR: kept }),
    },
    { built: true },
  );
  const readyMs = performance.now() - begin;
  const cpu = cpuSeconds(started.pid);
  await pause(IDLE * 1000);
  const memoryMiB = residentMiB(started.pid);
  await started.stop();
  return { readyMs, cpu, memoryMiB };
}

const LISTEN = `require('node:http').createServer((_, answer) => answer.end()).listen(0, () => console.log('ready'))`;

async function floor(): Promise<Round> {
  const begin = performance.now();
  const child = spawn(process.execPath, ['-e', LISTEN], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = child.pid ?? 0;
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const readyMs = performance.now() - begin;
  const cpu = cpuSeconds(pid);
  await pause(IDLE * 1000);
  const memoryMiB = residentMiB(pid);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await gone;
  return { readyMs, cpu, memoryMiB };
}

try {
  await server(dataDir);
  const results = await inTurn(
    Number(options.runs),
    { floor, first: () => server(), server: () => server(dataDir) },
    ({ readyMs, cpu, memoryMiB }) =>
      `ready after ${readyMs.toFixed(0)} ms (${cpu.toFixed(2)} s CPU), ${memoryMiB.toFixed(0)} MiB after ${IDLE} s`,
  );
  const rows = Object.entries(results).map(([arm, rounds]) => {
    const of = (what: keyof Round) => rounds.map((round) => round[what]);
    const beside = (what: keyof Round) => results.floor.map((round) => round[what]);
    return {
      arm,
      'ready ms': rounded(median(of('readyMs')), 0),
      'x floor': rounded(medianRatio(of('readyMs'), beside('readyMs')), 1),
      'CPU s': rounded(median(of('cpu'))),
      'idle MiB': rounded(median(of('memoryMiB')), 0),
      'MiB above floor': rounded(median(of('memoryMiB')) - median(beside('memoryMiB')), 0),
    };
  });
  report('start', rows, { idleSeconds: IDLE, results });
} finally {
  await broker.stop();
  await redis.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
