/**
 * Real recorded messages, published to a real broker and read back over the HTTP interface: what a user of a recipe gets.
 * A sentinel published behind every message says when the message before it is through.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import { recipePack } from '../../support/recipe-pack.js';
import {
  compareLine,
  isPublishedFault,
  type Made,
  readSamples,
  SAMPLES_PRESENT,
  sampledRecipes,
} from '../../support/samples.js';
import { type ServerProcess, type Service, startMosquitto, startRedis, startServer } from '../../support/services.js';

const RECIPES = sampledRecipes();
/** An administrator sees number plates and names as they came. */
const PASSWORD = 'for-the-recorded-messages';

interface ApiReading {
  seq: number;
  feed: string;
  asset: string;
  metric: string;
  value: unknown;
  unit: string | null;
  at: string;
  quality: string;
  flags: string[];
}

interface ApiRejection {
  id: string;
  reason: string;
  detail: string;
}

interface ApiOccurrence {
  id: string;
  type: string;
  status: string;
  asset?: string;
  at: string;
  receivedAt: string;
  level?: string;
  place?: { lon: number; lat: number } | null;
  fields: Record<string, unknown>;
}

/** `system/type/key` → key */
const keyOf = (asset: string): string => asset.split('/').slice(2).join('/');

(SAMPLES_PRESENT ? describe : describe.skip)('recorded messages through broker and HTTP (CITYWALL_SAMPLES_DIR)', () => {
  const site = mkdtempSync(join(tmpdir(), 'citywall-recipes-'));
  let broker: Service;
  let redis: Service;
  let server: ServerProcess;
  let client: MqttClient;
  let token: string;

  beforeAll(async () => {
    for (const recipe of RECIPES) {
      mkdirSync(join(site, recipe));
      const files = recipePack(recipe, recipe);
      writeFileSync(
        join(site, recipe, 'pack.yaml'),
        files['pack.yaml'].replace('assetTypes:\n', 'assetTypes:\n  sentinel: { name: { zh: 哨, en: Sentinel } }\n'),
      );
      writeFileSync(
        join(site, recipe, 'feeds.yaml'),
        `${files['feeds.yaml']}  - { id: sentinel, topic: sentinel/${recipe}, asset: sentinel/one, readings: { n: { path: n } } }\n`,
      );
      writeFileSync(
        join(site, recipe, 'metrics.yaml'),
        'metrics:\n  - { id: sentinel/n, name: { zh: 序, en: Number }, kind: gauge }\n',
      );
    }
    [broker, redis] = await Promise.all([startMosquitto(), startRedis()]);
    server = await startServer({
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_PACKS_DIR: site,
      CITYWALL_ROLES: 'ingest,push,api',
      CITYWALL_DEMO: '1',
      CITYWALL_LOG_LEVEL: 'warn',
      CITYWALL_ADMIN_PASSWORD: PASSWORD,
    });
    const session = await fetch(`${server.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'admin', password: PASSWORD }),
    });
    token = ((await session.json()) as { token: string }).token;
    client = await connectAsync(broker.url, { protocolVersion: 5 });
  });

  afterAll(async () => {
    await client?.endAsync();
    await server?.stop();
    await Promise.all([broker?.stop(), redis?.stop()]);
    rmSync(site, { recursive: true, force: true });
  });

  async function items<T>(path: string): Promise<T[]> {
    const answer = await fetch(`${server.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { items: T[] }).items;
  }

  /** All readings of the system behind `seq`, once the sentinel `n` is among them. */
  async function behind(system: string, seq: number, n: number): Promise<ApiReading[]> {
    for (;;) {
      const list = await items<ApiReading>(`readings?since=${seq}&limit=1000`);
      const own = list.filter(({ asset }) => asset.startsWith(`${system}/`));
      if (own.some(({ asset, value }) => asset.startsWith(`${system}/sentinel/`) && value === n)) return own;
    }
  }

  it('says that simulated data would go to a broker that is not ours', async () => {
    const notices = await items<{ reason: string }>('notices');
    expect(notices.map(({ reason }) => reason)).toContain('demo-external');
  });

  it.each(RECIPES)('%s: readings and occurrences come back as expected', async (recipe) => {
    const { messages, expected } = readSamples(recipe);
    const problems: string[] = [];
    // other families' messages may have been taken by this one's feeds: look only at what comes from now on
    await client.publishAsync(`sentinel/${recipe}`, JSON.stringify({ n: 0 }), { qos: 1 });
    let seq = Math.max(...(await behind(recipe, 0, 0)).map((reading) => reading.seq));
    const before = await items<ApiOccurrence>(`occurrences?system=${recipe}&limit=1000`);
    const refused = await items<ApiRejection>(`rejections?system=${recipe}&limit=1000`);
    const known = new Set(refused.map(({ id }) => id));
    const seen = new Set(before.map(({ id, at }) => `${id} ${at}`));
    for (const [i, message] of messages.entries()) {
      await client.publishAsync(message.topic, Buffer.from(message.payload), { qos: 1, retain: message.retained });
      await client.publishAsync(`sentinel/${recipe}`, JSON.stringify({ n: i + 1 }), { qos: 1 });
      const readings = await behind(recipe, seq, i + 1);
      seq = Math.max(...readings.map((reading) => reading.seq));
      const occurrences = await items<ApiOccurrence>(`occurrences?system=${recipe}&limit=1000`);
      const fresh = occurrences.filter(({ id, at }) => !seen.has(`${id} ${at}`));
      for (const { id, at } of fresh) seen.add(`${id} ${at}`);
      const made: Made = {
        readings: readings
          .filter(({ asset }) => !asset.startsWith(`${recipe}/sentinel/`))
          .map(({ asset, metric, value, unit, at, quality, flags }) => ({
            asset: keyOf(asset),
            metric,
            value,
            unit,
            at: flags.includes('no-time') || flags.includes('clock') ? null : Date.parse(at),
            quality,
          })),
        occurrences: fresh.map(({ id, type, status, asset, at, receivedAt, level, place, fields }) => ({
          id,
          type,
          status,
          asset: asset === undefined ? null : keyOf(asset),
          at: at === receivedAt ? null : Date.parse(at),
          level: level ?? null,
          place: place ?? null,
          fields,
        })),
      };
      const wanted = expected[i];
      if (wanted) problems.push(...compareLine(wanted, made, recipe, expected.slice(0, i)));
    }
    expect(problems).toEqual([]);
    const rejections = (await items<ApiRejection>(`rejections?system=${recipe}&limit=1000`)).filter(
      ({ id }) => !known.has(id),
    );
    expect(rejections.filter((rejection) => !isPublishedFault(recipe, rejection))).toEqual([]);
  });
});
