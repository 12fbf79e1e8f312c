import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AlarmList } from '../../../apps/server/src/alarms/alarm-list.js';
import { createServer, type Server } from '../../../apps/server/src/app.js';
import { Config } from '../../../apps/server/src/config/index.js';
import { StateRepository } from '../../../apps/server/src/state/index.js';
import { type Service, startRedis } from '../../support/services.js';

/** Packs small enough to be read beside the test. */
const PACKS: Record<string, string> = {
  'overview/pack.yaml': `id: overview
kind: city
name: { zh: 总览, en: Overview }
order: 0
`,
  'overview/scene.yaml': `scenes:
  - id: overview
    name: { zh: 总览, en: Overview }
    grid: { columns: 24, rows: 12 }
    panels:
      - id: highest
        type: figure
        at: { x: 0, y: 0, w: 24, h: 12 }
        title: { zh: 最高水位, en: Highest }
        views: { main: { kind: aggregate, of: water/reservoir/level, fn: max } }
        options: { main: { show: value } }
`,
  'water/map.yaml': `layers:
  - id: rivers
    name: { zh: 河流, en: Rivers }
    style: river
    file: rivers.geojson
    source: made for a test
    licence: CC0-1.0
    datum: WGS-84
    bounds: [106, 29, 109, 32]
`,
  'water/map/rivers.geojson': JSON.stringify({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: {},
        geometry: {
          type: 'LineString',
          coordinates: [
            [107.3, 30.3],
            [107.4, 30.4],
          ],
        },
      },
    ],
  }),

  'overview/map/county.geojson': '{"type":"FeatureCollection","features":[]}',
  'water/images/plan.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
  'water/pack.yaml': `id: water
name: { zh: 水利, en: Water }
order: 1
assetTypes:
  reservoir: { name: { zh: 水库, en: Reservoir }, expected: [level] }
`,
  'water/metrics.yaml': `metrics:
  - { id: reservoir/level, name: { zh: 水位, en: Level }, unit: m, kind: gauge, staleAfter: 15m, history: day }
  - { id: reservoir/visits, name: { zh: 访问, en: Visits }, kind: counter, history: hour }
`,
  'water/feeds.yaml': `feeds:
  - id: realtime
    topic: slj/{key...}
    asset: reservoir/{key}
    readings: { level: z }
`,
  'water/assets.geojson': JSON.stringify({
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        id: 'reservoir/longtan',
        properties: { name: '龙滩水库', extId: 'WAT-1', floodLimit: 462, placement: 'schematic', inService: true },
        geometry: { type: 'Point', coordinates: [107.3, 30.3] },
      },
    ],
  }),
  'urban/pack.yaml': `id: urban
name: { zh: 城管, en: Urban management }
order: 2
occurrenceTypes:
  case:
    name: { zh: 案件, en: Case }
    statuses: { 受理: { zh: 受理, en: Accepted } }
    fields: { reporter: { name: { zh: 电话, en: Phone }, pii: phone } }
`,
  'urban/feeds.yaml': `feeds:
  - id: case
    topic: urban/case
    occurrences:
      - { id: id, type: case, status: s, fields: { reporter: tel } }
`,
};

/** An answer as it came over the wire. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  json: any;
}

export interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** sent as it is */
  raw?: string | Buffer;
}

/** Asks with exactly these headers; `fetch` would not let a test lie about Host and Origin. */
export function ask(url: string, options: AskOptions = {}): Promise<Answer> {
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  return new Promise((resolve, reject) => {
    const at = new URL(url);
    const sent = httpRequest(
      {
        host: at.hostname.replace(/[[\]]/g, ''),
        port: at.port,
        // not `at.pathname`: what is percent-encoded has to arrive as it was written
        path: url.slice(url.indexOf('/', 'http://'.length)),
        method: options.method ?? 'GET',
        agent: false,
        headers: {
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...options.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = /json/.test(response.headers['content-type'] ?? '');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: isJson && text !== '' ? JSON.parse(text) : undefined,
          });
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

/** A server in this process with packs of its own, a real Redis, and no broker. */
export interface House {
  readonly redis: Service;
  readonly server: Server;
  readonly url: string;
  readonly state: StateRepository;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** Logs in and answers the token. */
  logIn(): Promise<string>;
  stop(): Promise<void>;
}

export const PASSWORD = 'correct horse battery';

/**
 * The list of alarms of a house, once it was read from Redis: reading it later would undo what a test puts into it.
 *
 * @param systems what the test writes to
 */
export async function alarmListOf(house: House, ...systems: string[]): Promise<AlarmList> {
  const list = house.server.app.get(AlarmList);
  const read = () => systems.every((system) => list.knows(system));
  await new Promise<void>((resolve) => {
    if (read()) return resolve();
    const end = list.watch(() => {
      if (!read()) return;
      end();
      resolve();
    });
  });
  return list;
}

/**
 * @param env over the test's own: demo mode, role `api` alone, any free port
 * @param redis one that runs already (several processes on one state); it is not stopped then
 * @param wallDir a built wall to be served, instead of an empty page
 */
export async function startHouse(env: Record<string, string> = {}, redis?: Service, wallDir?: string): Promise<House> {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-house-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  for (const [path, text] of Object.entries(PACKS)) write(`packs/${path}`, text);
  write('wall/index.html', '<!doctype html><title>wall</title>');
  write('wall/favicon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  write('wall/assets/index-abc123.js', 'export {};');
  mkdirSync(join(dir, 'recipes'));

  const own = redis ?? (await startRedis());
  try {
    const config = new Config(
      {
        CITYWALL_PORT: '0',
        CITYWALL_ROLES: 'api',
        CITYWALL_DEMO: '1',
        CITYWALL_LOG_LEVEL: 'silent',
        CITYWALL_ADMIN_PASSWORD: PASSWORD,
        CITYWALL_REDIS_URL: own.url,
        CITYWALL_DATA_DIR: join(dir, 'data'),
        ...env,
      },
      { builtinPacksDir: join(dir, 'packs'), recipesDir: join(dir, 'recipes'), wallDir: wallDir ?? join(dir, 'wall') },
    );
    const server = await createServer(config);
    const url = server.url ?? '';
    return {
      redis: own,
      server,
      url,
      state: server.app.get(StateRepository),
      ask: (path, options) => ask(url + path, options),
      async logIn() {
        const answer = await ask(`${url}/api/v1/sessions`, {
          method: 'POST',
          body: { user: 'admin', password: PASSWORD },
        });
        return answer.json.token;
      },
      async stop() {
        await server.stop();
        if (!redis) await own.stop();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    if (!redis) await own.stop();
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}
