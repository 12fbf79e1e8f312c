/**
 * State: readings a second that StateRepository.apply takes into a real Redis, in batches as the ingest makes them, and
 * Node's processor time a reading. The floor, in turn in the same run: five raw commands a reading (newest value, rank,
 * minute, journal, publication) through a plain socket to the same Redis, their bytes made before the clock starts and
 * two batches under way at once. Redis synchronises its file at every write in both (`--fsync no`: in neither).
 *
 * Usage: npm run bench state -- [--readings 50000] [--batch 1000] [--runs 7] [--series 10000] [--fsync no]
 */
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { encodeReadings } from '../../apps/server/src/state/batch-encoder.js';
import type { BatchReading } from '../../apps/server/src/state/state.types.js';
import { batch, openState, reading } from '../integration/state/open-state.js';
import { cpuSeconds, inTurn, median, medianRatio, report, rounded } from './arms.js';

const { values: options } = parseArgs({
  options: {
    readings: { type: 'string', default: '50000' },
    batch: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '7' },
    series: { type: 'string', default: '10000' },
    fsync: { type: 'string', default: 'always' },
  },
});
const BATCH = Number(options.batch);
const READINGS = Math.ceil(Number(options.readings) / BATCH) * BATCH;
const SERIES = Number(options.series);
const COMMANDS = 5;

interface Round {
  /** readings a second */
  rate: number;
  /** µs a reading */
  cpu: number;
  redisCpu: number;
}

const open = await openState({ args: ['--appendfsync', options.fsync] });
const socket = connect(open.service.url.replace('unix://', ''));
let clock = Date.now();

const batchesOf = (): BatchReading[][] =>
  Array.from({ length: READINGS / BATCH }, (_, b) => {
    clock += 10;
    return Array.from({ length: BATCH }, (_, i) => {
      const typeKey = `node/s${String((b * BATCH + i) % SERIES).padStart(5, '0')}`;
      return reading({ typeKey, value: 100 + ((b + i) % 1000) / 100, at: clock, receivedAt: clock, feed: 'bench' });
    });
  });

/** @param atOnce batches under way; the ingest waits for one before it applies the next */
async function measured<Batch>(
  batches: Batch[],
  write: (batch: Batch) => Promise<unknown>,
  atOnce = 1,
): Promise<Round> {
  const redisCpu = cpuSeconds(open.service.pid);
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const underWay: Promise<unknown>[] = [];
  for (const next of batches) {
    underWay.push(write(next));
    if (underWay.length >= atOnce) await underWay.shift();
  }
  await Promise.all(underWay);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    rate: READINGS / seconds,
    cpu: (user + system) / READINGS,
    redisCpu: ((cpuSeconds(open.service.pid) - redisCpu) / READINGS) * 1e6,
  };
}

const applied = (readings: BatchReading[]) => {
  const feeds = [{ feed: 'bench', messages: readings.length, lastAt: clock }];
  return open.state.apply('bench', batch({ now: clock, readings, feeds }));
};

const command = (...words: (string | number)[]) =>
  `*${words.length}\r\n${words.map((word) => `$${String(word).length}\r\n${word}\r\n`).join('')}`;

/** Five commands a reading with what a record is worth in bytes. */
function rawBytes(readings: BatchReading[]): Buffer {
  let text = '';
  for (const { typeKey, metric, value, at } of readings) {
    const record = `${value}|${at}|${at}|0|0|bench`;
    text += command('HSET', `raw:a:${typeKey}`, metric, record);
    text += command('ZADD', 'raw:rank:node/level', Number(value), typeKey);
    text += command('HSET', `raw:w:${typeKey}|${metric}`, Math.floor(at / 60_000), record);
    text += command('XADD', 'raw:readings', 'MAXLEN', '~', 200_000, '*', 'b', record);
    text += command('PUBLISH', 'raw:changes', record);
  }
  return Buffer.from(text, 'latin1');
}

let answers = 0;
const waiting: { for: number; resolve: () => void }[] = [];
socket.on('data', (bytes: Buffer) => {
  // Integers are one line; the id that XADD answers with is two.
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) answers++;
  while (waiting[0] && answers >= waiting[0].for) waiting.shift()?.resolve();
});
let asked = 0;

/** Resolves when Redis has answered every command of a full batch. */
function raw(bytes: Buffer): Promise<void> {
  asked += BATCH * (COMMANDS + 1);
  socket.write(bytes);
  return new Promise((resolve) => waiting.push({ for: asked, resolve }));
}

/** Node alone: the bytes of a batch, without Redis. */
async function encoded(readings: BatchReading[]): Promise<void> {
  encodeReadings(readings, () => 0);
}

try {
  const arms = {
    floor: () => measured(batchesOf().map(rawBytes), raw, 2),
    apply: () => measured(batchesOf(), applied),
    'encoding alone': () => measured(batchesOf(), encoded),
  };
  // once each before it counts: compilers warm, series there
  for (const arm of Object.values(arms)) await arm();
  const results = await inTurn(
    Number(options.runs),
    arms,
    ({ rate, cpu, redisCpu }) =>
      `${rate.toFixed(0)}/s, ${cpu.toFixed(2)} µs Node CPU, ${redisCpu.toFixed(2)} µs Redis CPU a reading`,
  );
  const floor = results.floor.map(({ rate }) => rate);
  const rows = Object.entries(results).map(([arm, rounds]) => ({
    arm,
    'readings/s': rounded(median(rounds.map(({ rate }) => rate)), 0),
    'x floor': rounded(
      medianRatio(
        rounds.map(({ rate }) => rate),
        floor,
      ),
    ),
    'µs Node CPU': rounded(median(rounds.map(({ cpu }) => cpu))),
    'µs Redis CPU': rounded(median(rounds.map(({ redisCpu }) => redisCpu))),
  }));
  report('state', rows, { options, results });
} finally {
  socket.destroy();
  await open.close();
}
