import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { createServer, type Server } from '../../../apps/server/src/app.js';
import { Config } from '../../../apps/server/src/config/index.js';
import { RedisConnection } from '../../../apps/server/src/infra/redis.connection.js';
import { StateRepository } from '../../../apps/server/src/state/index.js';
import { type Service, startMosquitto, startRedis } from '../../support/services.js';
import { type Answer, type AskOptions, ask, PASSWORD } from '../api/house.js';
import { eventually, labSite, type Site } from '../feeds/lab.js';

/** A server in this process that reads the lab's feeds from a real broker and answers for them. */
export interface Inspector {
  site: Site;
  state: StateRepository;
  publisher: MqttClient;
  redis: Service;
  url: string;
  /** as an administrator */
  headers: Record<string, string>;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** as an administrator, with a body */
  command(path: string, body: unknown, method?: string): Promise<Answer>;
  /** publishes with QoS 1 */
  publish(topic: string, payload: string | Buffer, options?: { retain?: boolean; origin?: string }): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param files of the lab's pack, instead of its own
 * @param wallDir a built wall to be served
 */
export async function openInspector(files: Record<string, string> = {}, wallDir?: string): Promise<Inspector> {
  const site = labSite(files);
  const data = mkdtempSync(join(tmpdir(), 'citywall-inspector-'));
  const [redis, broker] = await Promise.all([startRedis(), startMosquitto()]);
  const config = new Config(
    {
      CITYWALL_PORT: '0',
      CITYWALL_MQTT_URL: broker.url,
      CITYWALL_REDIS_URL: redis.url,
      CITYWALL_PACKS_DIR: site.dir,
      CITYWALL_DATA_DIR: data,
      CITYWALL_ROLES: 'ingest,api',
      CITYWALL_DEMO: '1',
      CITYWALL_ADMIN_PASSWORD: PASSWORD,
      CITYWALL_LOG_LEVEL: 'silent',
    },
    { builtinPacksDir: join(site.dir, 'none'), wallDir: wallDir ?? join(site.dir, 'none') },
  );
  const server: Server = await createServer(config);
  const url = server.url ?? '';
  // Both connections have subscribed: what is published from now on is heard.
  const { commands } = server.app.get(RedisConnection);
  await eventually(
    () => commands.hlen('cw:subscriptions'),
    (sessions) => sessions === 2,
  );
  const publisher = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
  const opened = await ask(`${url}/api/v1/sessions`, { method: 'POST', body: { user: 'admin', password: PASSWORD } });
  const headers = { authorization: `Bearer ${opened.json.token}` };
  return {
    site,
    state: server.app.get(StateRepository),
    publisher,
    redis,
    url,
    headers,
    ask: (path, options) => ask(url + path, options),
    command: (path, body, method = 'POST') => ask(url + path, { method, body, headers }),
    async publish(topic, payload, { retain = false, origin } = {}) {
      const properties = origin === undefined ? {} : { properties: { userProperties: { 'citywall-origin': origin } } };
      await publisher.publishAsync(topic, payload, { qos: 1, retain, ...properties });
    },
    async stop() {
      await publisher.endAsync();
      await server.stop();
      await Promise.all([redis.stop(), broker.stop()]);
      site.remove();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
