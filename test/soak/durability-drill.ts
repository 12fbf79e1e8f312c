/**
 * The durability drill: QoS 1 messages at a steady rate while server and Redis are killed by SIGKILL and the broker by
 * SIGTERM, at seeded random moments, one while another is still coming back. Afterwards every id is counted, over HTTP: in
 * the journals of readings (each id exactly once), in the windows (sum of counts of every series) and as newest values.
 *
 * A journal keeps 200,000 readings a system, so the series are spread over as many systems as the run needs; each has its
 * own feed, batch and journal, and the journals are counted after the run, when nothing can be trimmed any more.
 *
 * With --broker-sigkill only the broker is killed, by SIGKILL: what it had acknowledged to the publisher and not yet passed
 * on is its loss. That is counted a kill, and the feed's own sequence numbers must show every gap. With --server-away as
 * well, the server is killed two seconds before each of these, so that there is something to lose.
 *
 * Usage: npm run drill -- [--rate 5000] [--kills 20] [--seconds 100] [--seed 1] [--series 1000]
 *        [--broker-sigkill [--server-away]]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { freePort, type Service, startMosquitto, startRedis, startServer } from '../support/services.js';
import { type Census, census, countJournal, countNewest, countWindows, gapsOf } from './support/counting.js';
import { packFiles } from './support/drill-packs.js';
import { randomFrom } from './support/random.js';
import { type SourcePlan, type SourceReport, timeOf } from './support/steady-source.js';

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '5000' },
    kills: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    series: { type: 'string', default: '1000' },
    'broker-sigkill': { type: 'boolean', default: false },
    'server-away': { type: 'boolean', default: false },
  },
});
const SIGKILL_BROKER = options['broker-sigkill'];
const RATE = Number(options.rate);
const KILLS = Number(options.kills ?? (SIGKILL_BROKER ? 5 : 20));
/** Half a minute at first where the broker is killed: it saves its sessions every 30 s, and not before. */
const LEAD_S = SIGKILL_BROKER ? 35 : 5;
const SECONDS = Number(options.seconds ?? LEAD_S + KILLS * (SIGKILL_BROKER ? 10 : 4.5) + 5);
const SERIES = Number(options.series);
/** readings a system's journal is asked to hold; it keeps 200,000 */
const JOURNAL = 150_000;
const SYSTEMS = Math.max(1, Math.ceil((RATE * SECONDS) / JOURNAL));
/** after the last message, s without any progress: what is not there then is lost */
const QUIET_S = 20;

type Target = 'server' | 'redis' | 'broker';
interface Kill {
  target: Target;
  signal: NodeJS.Signals;
  /** Unix ms */
  at: number;
  /** ms until it answered again */
  away: number;
  /** who else was away at that moment */
  meanwhile: Target[];
}

const say = (line: string) => process.stdout.write(`${line}\n`);

class Source {
  private readonly child: ChildProcess;
  private failure: Error | null = null;

  constructor(plan: SourcePlan) {
    this.child = fork(join(import.meta.dirname, 'support/steady-source.ts'), [JSON.stringify(plan)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child.once('exit', (code) => {
      this.failure = new Error(`the source ended with ${code}`);
    });
  }

  ask(what: 'report' | 'stop'): Promise<SourceReport> {
    if (this.failure) throw this.failure;
    return new Promise((resolve) => {
      this.child.once('message', (report) => resolve(report as SourceReport));
      this.child.send(what);
    });
  }

  /** Stops, and waits until the broker has taken everything. */
  async stop(): Promise<SourceReport> {
    let report = await this.ask('stop');
    while (!report.done) {
      await pause(100);
      report = await this.ask('report');
    }
    return report;
  }

  end(): void {
    this.child.kill();
  }
}

async function main(): Promise<boolean> {
  const site = mkdtempSync(join(tmpdir(), 'citywall-drill-'));
  for (const [file, text] of packFiles(SYSTEMS)) {
    mkdirSync(join(site, file, '..'), { recursive: true });
    writeFileSync(join(site, file), text);
  }
  const [broker, redis] = await Promise.all([
    // As the launcher's private one: what waits while the server is away must have room.
    startMosquitto({
      port: await freePort(),
      settings: ['max_queued_messages 500000', 'max_queued_bytes 268435456', 'persistent_client_expiration 14d'],
    }),
    startRedis(),
  ]);
  const server = await startServer({
    CITYWALL_MQTT_URL: broker.url,
    CITYWALL_REDIS_URL: redis.url,
    CITYWALL_PACKS_DIR: site,
    CITYWALL_DEMO: '1',
    CITYWALL_ROLES: 'ingest,push,api',
    CITYWALL_LOG_LEVEL: 'error',
  });
  const plan = { port: broker.port, rate: RATE, series: SERIES, systems: SYSTEMS, begin: Date.now() };
  const source = new Source(plan);
  try {
    say(`${RATE} messages/s for ${SECONDS} s over ${SERIES} series in ${SYSTEMS} systems; seed ${options.seed}`);
    const kills = await killAtRandom({ server, redis, broker });
    const report = await source.stop();
    say(`published ${report.published}, sent again ${report.resent}, connections ${report.connections}`);
    await untilQuiet(redis.url, report.published);
    const counted = await count(server.url, plan, report.published);
    const good = print(kills, report, counted, plan);
    const out = join(import.meta.dirname, 'out');
    mkdirSync(out, { recursive: true });
    const name = SIGKILL_BROKER ? 'durability-drill-broker-sigkill' : 'durability-drill';
    writeFileSync(join(out, `${name}.json`), `${JSON.stringify({ plan, kills, report, ...counted, good }, null, 2)}\n`);
    const complaints = server
      .output()
      .split('\n')
      .filter((line) => /"level":50|error/i.test(line))
      .slice(-5);
    if (!good) for (const line of complaints) say(line);
    return good;
  } finally {
    source.end();
    await server.stop();
    await Promise.all([broker.stop(), redis.stop()]);
    rmSync(site, { recursive: true, force: true });
  }
}

/** Kills and restarts at random moments; resolves at the end of the run, when everything is there again. */
async function killAtRandom(services: Record<Target, Service>): Promise<Kill[]> {
  const random = randomFrom(Number(options.seed));
  const begin = Date.now();
  const kills: Kill[] = [];
  const away = new Map<Target, Promise<void>>();
  const slot = (SECONDS - LEAD_S - 5) / KILLS;
  for (let number = 0; number < KILLS; number++) {
    const moment = begin + (LEAD_S + (number + random() * 0.9) * slot) * 1000;
    const targets: Target[] = SIGKILL_BROKER ? ['broker'] : ['server', 'redis', 'broker'];
    const target = targets[Math.floor(random() * targets.length)] as Target;
    await pause(Math.max(0, moment - Date.now()));
    const serverBack = options['server-away'] ? await killServerFirst(services.server) : null;
    // One that is still coming back can't be killed again before it is there.
    await away.get(target);
    const signal = target === 'broker' && !SIGKILL_BROKER ? 'SIGTERM' : 'SIGKILL';
    const kill: Kill = {
      target,
      signal,
      at: Date.now(),
      away: 0,
      meanwhile: serverBack ? ['server'] : [...away.keys()],
    };
    kills.push(kill);
    const back = services[target]
      .kill(signal)
      .then(() => services[target].restart())
      .then(() => {
        kill.away = Date.now() - kill.at;
        away.delete(target);
        return serverBack?.();
      });
    away.set(target, back);
  }
  await Promise.all(away.values());
  await pause(Math.max(0, begin + SECONDS * 1000 - Date.now()));
  return kills;
}

/** Kills the server and lets messages gather at the broker; gives back what starts it again. */
async function killServerFirst(server: Service): Promise<() => Promise<void>> {
  await server.kill('SIGKILL');
  await pause(2_000);
  return () => server.restart();
}

/** Until state has seen as many messages as were published, or nothing comes any more. */
async function untilQuiet(redisUrl: string, published: number): Promise<void> {
  const redis = new Redis({ path: new URL(redisUrl).pathname });
  let [before, since] = [-1, Date.now()];
  for (;;) {
    let seen = 0;
    for (let system = 0; system < SYSTEMS; system++) {
      seen += Number((await redis.hget(`cw:{drill${system}}:feed:count`, 'messages')) ?? 0);
    }
    if (seen !== before) [before, since] = [seen, Date.now()];
    // Redelivered messages are counted too: enough seen is no proof, quiet is.
    if (Date.now() - since > (seen >= published ? 3_000 : QUIET_S * 1000)) break;
    await pause(200);
  }
  redis.disconnect();
}

interface Counted {
  journal: Census;
  windows: { series: number; counted: number; wrong: number };
  newest: { wrong: number };
  gaps: { gaps: number; missing: number };
  lost: number[];
}

async function count(url: string, plan: SourcePlan, published: number): Promise<Counted> {
  const ids = await countJournal(url, SYSTEMS);
  const { lost, ...journal } = census(ids, published);
  return {
    journal: { ...journal, lost },
    windows: await countWindows(url, plan, published, new Set(lost)),
    newest: await countNewest(url, plan, published, new Set(lost)),
    gaps: gapsOf(ids, plan),
    lost,
  };
}

function print(kills: Kill[], report: SourceReport, counted: Counted, plan: SourcePlan): boolean {
  const { journal, windows, newest, gaps, lost } = counted;
  const begin = plan.begin;
  const perKill = kills.map(() => 0);
  for (const id of lost) {
    const at = timeOf(plan, id);
    let nearest = 0;
    for (const [place, kill] of kills.entries()) {
      if (Math.abs(kill.at - at) < Math.abs((kills[nearest]?.at ?? 0) - at)) nearest = place;
    }
    if (perKill.length > 0) perKill[nearest] = (perKill[nearest] ?? 0) + 1;
  }
  say('\n  #  at s    killed            away ms  while away      lost');
  for (const [place, { target, signal, at, away, meanwhile }] of kills.entries()) {
    const cells = [
      String(place + 1).padStart(3),
      ((at - begin) / 1000).toFixed(1).padStart(6),
      `  ${`${target} ${signal}`.padEnd(16)}`,
      String(away).padStart(7),
      `  ${meanwhile.join(', ').padEnd(14)}`,
      String(perKill[place]).padStart(5),
    ];
    say(cells.join(' '));
  }
  const killed = (target: Target) => kills.filter((kill) => kill.target === target).length;
  say(
    `\nkills                ${kills.length} (server ${killed('server')}, redis ${killed('redis')}, broker ${killed('broker')})`,
  );
  say(`published            ${report.published} (acknowledged ${report.acknowledged}, sent again ${report.resent})`);
  say(
    `in the journals      ${journal.distinct} ids; lost ${lost.length}, twice ${journal.twice.length}, strange ${journal.strange}`,
  );
  say(
    `in the windows       ${windows.counted} of ${windows.series} series; series with a wrong count ${windows.wrong}`,
  );
  say(`newest values        wrong in ${newest.wrong} series`);
  say(`gaps in sequences    ${gaps.gaps}, ${gaps.missing} messages missing in them`);
  const once = journal.twice.length === 0 && journal.strange === 0 && windows.wrong === 0 && newest.wrong === 0;
  const good = SIGKILL_BROKER ? once : once && lost.length === 0;
  const verdict = SIGKILL_BROKER ? 'nothing twice; what is lost is what the broker lost' : 'exactly once';
  say(good ? `\n${verdict}` : '\nNOT exactly once');
  return good;
}

process.exitCode = (await main()) ? 0 : 1;
