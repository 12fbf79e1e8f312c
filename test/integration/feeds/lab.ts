import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from '../../../apps/server/src/app.js';
import { Config } from '../../../apps/server/src/config/index.js';
import { RedisConnection } from '../../../apps/server/src/infra/redis.connection.js';
import { RedisHealth } from '../../../apps/server/src/infra/redis-health.js';
import { NoticesService } from '../../../apps/server/src/notices/notices.service.js';
import { StateRepository } from '../../../apps/server/src/state/state.repository.js';
import type { JournalReading } from '../../../apps/server/src/state/state.types.js';

/** A system made for tests: every kind of feed once. */
export const LAB_FEEDS = `feeds:
  - id: count
    topic: lab/count/{key}
    asset: node/{key}
    at: { path: ts, as: unix_ms }
    readings:
      id: { path: id, ops: [number] }
  - id: untimed
    topic: lab/untimed/{key}
    asset: node/{key}
    readings:
      door: { path: door }
      seq: { path: seq, ops: [number], optional: true }
  - id: loose
    topic: lab/loose/{key}
    qos: 0
    asset: node/{key}
    readings:
      id: { path: id, ops: [number] }
  - id: many
    topic: lab/many
    maxAssets: 1000
    each: keys
    asset: stranger/{@}
    readings:
      id: { from: index }
  - id: items
    topic: lab/items
    each: items
    asset: node/{@.key}
    at: { path: ts, as: unix_ms }
    readings:
      level: { path: v, ops: [number] }
  - id: urgent
    topic: lab/urgent/{key}
    priority: high
    asset: node/{key}
    readings:
      id: { path: id, ops: [number] }
  - id: cases
    topic: lab/case/{stage}
    occurrences:
      - id: { path: id }
        type: case
        at: { path: ts, as: unix_ms }
        status: { path: stage, from: topic, lookup: { open: open, close: closed } }
        staleAfter: 1h
        fields: { text: { path: text, optional: true } }
`;

const LAB_FILES: Record<string, string> = {
  'pack.yaml': `id: lab
name: { zh: 实验, en: Lab }
short: { zh: 实验, en: Lab }
order: 99
assetTypes:
  node: { name: { zh: 节点, en: Node }, expected: [] }
  stranger: { name: { zh: 生客, en: Stranger }, expected: [] }
occurrenceTypes:
  case: { name: { zh: 案件, en: Case }, statuses: { open: { zh: 开, en: Open }, closed: { zh: 结, en: Closed } }, closed: [closed], fields: { text: { name: { zh: 说明, en: Text } } } }
`,
  'metrics.yaml': `metrics:
  - { id: node/id, name: { zh: 编号, en: Id }, kind: gauge, history: none }
  - { id: node/seq, name: { zh: 序号, en: Seq }, kind: gauge, history: hour }
  - { id: node/door, name: { zh: 门, en: Door }, kind: text, history: none }
  - { id: node/level, name: { zh: 水位, en: Level }, unit: m, kind: gauge, range: [0, 100], history: day }
  - { id: stranger/id, name: { zh: 编号, en: Id }, kind: gauge, history: none }
`,
  'feeds.yaml': LAB_FEEDS,
};

/** A site directory with the lab, and a way to change it. */
export interface Site {
  dir: string;
  write(file: string, text: string): void;
  remove(): void;
}

export function labSite(files: Record<string, string> = {}): Site {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-lab-'));
  const write = (file: string, text: string) => {
    mkdirSync(join(dir, 'lab'), { recursive: true });
    writeFileSync(join(dir, 'lab', file), text);
  };
  for (const [file, text] of Object.entries({ ...LAB_FILES, ...files })) write(file, text);
  return { dir, write, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** A server in this process that knows only the lab. */
export interface LabServer {
  server: Server;
  state: StateRepository;
  notices: NoticesService;
  health: RedisHealth;
  stop(): Promise<void>;
}

export async function startLab(
  site: Site,
  mqttUrl: string,
  redisUrl: string,
  env: Record<string, string> = {},
): Promise<LabServer> {
  const data = mkdtempSync(join(tmpdir(), 'citywall-lab-data-'));
  const config = new Config(
    {
      CITYWALL_MQTT_URL: mqttUrl,
      CITYWALL_REDIS_URL: redisUrl,
      CITYWALL_PACKS_DIR: site.dir,
      CITYWALL_DATA_DIR: data,
      CITYWALL_ROLES: 'ingest',
      CITYWALL_LOG_LEVEL: 'silent',
      ...env,
    },
    { builtinPacksDir: join(site.dir, 'none') },
  );
  const server = await createServer(config);
  const { app } = server;
  return {
    server,
    state: app.get(StateRepository),
    notices: app.get(NoticesService),
    health: app.get(RedisHealth),
    async stop() {
      await server.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** State of a Redis, read beside the server. */
export async function reader(
  redisUrl: string,
): Promise<{ state: StateRepository; redis: RedisConnection; close(): void }> {
  const health = new RedisHealth();
  const config = new Config({ CITYWALL_REDIS_URL: redisUrl, CITYWALL_ROLES: 'api', CITYWALL_LOG_LEVEL: 'silent' });
  const redis = new RedisConnection(config, health);
  await redis.onModuleInit();
  return { state: new StateRepository(redis, health), redis, close: () => redis.onApplicationShutdown() };
}

/** Every reading of a feed in the journal, in order of receipt. */
export async function journal(state: StateRepository, feed: string): Promise<JournalReading[]> {
  const all: JournalReading[] = [];
  let cursor: string | null = null;
  do {
    const page = await state.readings({ systems: ['lab'], feed, limit: 1000, ...(cursor === null ? {} : { cursor }) });
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

/** Asks again, without a pause of its own, until the answer is good or the time is over. */
export async function eventually<Value>(
  ask: () => Promise<Value> | Value,
  good: (value: Value) => boolean,
  withinMs = 20_000,
): Promise<Value> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (good(value)) return value;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)?.slice(0, 500)} after ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
