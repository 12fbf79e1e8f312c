/**
 * Mapping alone against JSON.parse of the same message (four readings, topic captures), interleaved. Prints the median
 * of nanoseconds a message and of the ratios, for few topics (the work itself) and for many (memory as well: what is
 * remembered of 10,000 topics does not stay in the processor's cache). Run: `npm run bench mapping`.
 */
import { compileFeeds, type FeedSpec, type Message } from '@citywall/mapping';
import { median, medianRatio, report, rounded } from './arms.js';

const NOW = Date.parse('2026-07-09T14:35:02+08:00');
const TOPICS = [300, 10_000];
/** messages a round and way */
const MESSAGES = 10_000;
const ROUNDS = 25;

const FEED: FeedSpec = {
  id: 'bench',
  topic: 'plant/{site}/pump/{key}/tele',
  asset: 'pump/{site}-{key}',
  at: { path: 'ts', as: 'unix_ms' },
  readings: {
    level: { path: 'tank.level', ops: ['number', { scale: 0.01 }] },
    pressure: { path: 'p', ops: ['number'] },
    flow: { path: 'q', ops: ['number'], optional: true },
    state: { path: 'run', ops: [{ lookup: { '0': 'stopped', '1': 'running', '2': 'fault' } }] },
  },
};

const feeds = compileFeeds([FEED], { system: 'bench' });
const utf8 = new TextDecoder('utf-8', { fatal: true });
let sink = 0;

function timed(work: (i: number) => number, topics: number): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < MESSAGES; i++) sink += work(i % topics);
  return Number(process.hrtime.bigint() - start) / MESSAGES;
}

function measure(topics: number): Record<string, string | number>[] {
  const texts = Array.from({ length: topics }, (_, i) =>
    JSON.stringify({
      ts: NOW - i,
      sn: `SN-${String(i).padStart(8, '0')}`,
      tank: { level: 300 + (i % 100), temp: 21.5 },
      p: 2.5 + (i % 10) / 10,
      q: 14.2,
      run: i % 2,
      fw: '1.8.22',
      rssi: -71,
      note: 'north gate, second floor, by the stairs',
    }),
  );
  const messages: Message[] = texts.map((text, i) => ({
    topic: `plant/s${i % 100}/pump/${i}/tele`,
    payload: new TextEncoder().encode(text),
    receivedAt: NOW,
    retained: false,
    origin: 'live',
  }));
  const ways: Record<string, (i: number) => number> = {
    parse: (i) => Object.keys(JSON.parse(texts[i] as string) as object).length,
    'decode + parse': (i) => Object.keys(JSON.parse(utf8.decode((messages[i] as Message).payload)) as object).length,
    'map()': (i) => feeds.map(messages[i] as Message)[0]?.readings.length ?? 0,
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let round = -5; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(ways)) {
      const ns = timed(work, topics);
      if (round >= 0) times[name]?.push(ns);
    }
  }
  const [parse, decoded, mapped] = Object.values(times) as [number[], number[], number[]];
  // what mapping adds to reading the bytes as JSON, which every consumer must do
  const alone = mapped.map((ns, i) => ns - (decoded[i] ?? 0));
  return Object.entries({ ...times, 'mapping alone': alone }).map(([way, list]) => ({
    topics,
    way,
    'ns a message': Math.round(median(list)),
    'x JSON.parse': rounded(medianRatio(list, parse)),
  }));
}

const rows = TOPICS.flatMap(measure);
console.log(`four readings of a message of 170 bytes, median of ${ROUNDS} interleaved rounds`);
report('mapping', rows, { used: sink > 0 });
