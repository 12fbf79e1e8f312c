import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ENVIRONMENT } from '../../../apps/server/src/config/environment.js';
import { MOSQUITTO_IMAGE, mosquittoConf } from '../../../scripts/lib/private-mosquitto.mjs';
import { REDIS_IMAGE, redisConf } from '../../../scripts/lib/private-redis.mjs';

const ROOT = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  healthcheck?: { test: string[]; interval: string; timeout: string; retries: number };
  depends_on?: Record<string, { condition: string }>;
  restart?: string;
}
const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const { redis, mosquitto, server } = compose.services;
/** A version down to the patch: no `latest`, no moving `7` or `7.2`. */
const PINNED = /^[a-z0-9/-]+:v?\d+\.\d+\.\d+(-[a-z0-9]+)*$/;
const dockerfile = read('Dockerfile');

describe('docker-compose.yml', () => {
  it('has a redis, a broker and a server', () => {
    expect(Object.keys(compose.services)).toEqual(['redis', 'mosquitto', 'server']);
  });

  it.each(services)(
    '%s: its image is pinned, its health is checked, it comes back, it keeps its state',
    (_name, service) => {
      expect(service.image).toMatch(PINNED);
      expect(service.healthcheck).toMatchObject({
        interval: expect.stringMatching(/s$/),
        timeout: expect.stringMatching(/s$/),
      });
      expect(service.healthcheck?.test[0]).toBe('CMD');
      expect(service.restart).toBe('unless-stopped');
      const named = (service.volumes ?? [])
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((name) => !name.startsWith('.'));
      expect(named).toHaveLength(1);
      expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named));
    },
  );

  it('publishes ports on the loopback address only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('starts the server when Redis and the broker are healthy', () => {
    expect(server?.depends_on).toEqual({
      mosquitto: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
  });

  it('uses only variables that CityWall knows, and sets what a server without a launcher needs', () => {
    const names = [...`${read('docker-compose.yml')}${dockerfile}`.matchAll(/\bCITYWALL_[A-Z_]+/g)].map(
      ([name]) => name,
    );
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !(name in ENVIRONMENT))).toEqual([]);
    expect(server?.environment).toHaveProperty('CITYWALL_MQTT_URL');
    expect(server?.environment).toHaveProperty('CITYWALL_REDIS_URL');
    for (const value of Object.values(server?.environment ?? {})) expect(typeof value).toBe('string');
  });

  it('runs Redis with the durability of the private one', () => {
    const command = (redis?.command ?? []).slice(1);
    const given = Object.fromEntries(
      command.flatMap((word, i) => (word.startsWith('--') ? [[word.slice(2), command[i + 1]]] : [])),
    );
    const own = redisConf({ dir: '/data', socket: '/redis.sock' });
    for (const name of ['appendonly', 'appendfsync', 'save', 'maxmemory-policy', 'hash-max-listpack-value']) {
      const line = new RegExp(`^${name} (.*)$`, 'm').exec(own);
      expect([name, given[name]]).toEqual([name, line?.[1]?.replaceAll('"', '')]);
    }
    expect(redis?.image).toBe(REDIS_IMAGE);
  });

  it('runs mosquitto with the settings of the private one, but for where it listens and writes', () => {
    const settings = (text: string) =>
      text
        .split('\n')
        .filter((line) => line && !/^(#|listener|log_dest|persistence_location)/.test(line))
        .sort();
    expect(settings(read('deploy/mosquitto.conf'))).toEqual(
      settings(mosquittoConf({ port: 1883, dir: '/mosquitto/data' })),
    );
    expect(mosquitto?.image).toBe(MOSQUITTO_IMAGE);
    expect(mosquitto?.volumes).toContain('./deploy/mosquitto.conf:/mosquitto/config/mosquitto.conf:ro');
  });
});

describe('Dockerfile', () => {
  it('builds on pinned images of a Node that package.json accepts', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1] ?? '');
    expect(bases.length).toBeGreaterThan(1);
    for (const base of bases) expect(base).toMatch(PINNED);
    expect(new Set(bases).size).toBe(1);
    expect(
      /node:(\d+)\.(\d+)/
        .exec(bases[0] ?? '')
        ?.slice(1)
        .map(Number),
    ).toEqual([20, 20]);
  });

  it('does not run as root, checks its health and keeps its data in a volume', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK .*\n? +CMD \["node"/m);
    expect(last).toMatch(/^VOLUME \/data$/m);
    expect(last).toMatch(/^CMD \["node", "apps\/server\/dist\/bundle\/main\.js"\]$/m);
  });

  it('leaves out of the build what is not source', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const name of ['.git', '**/node_modules', '**/dist', 'data']) expect(ignored).toContain(name);
  });
});

describe('deploy/compose.tls.yml', () => {
  const over = parse(read('deploy/compose.tls.yml')) as typeof compose;

  it('changes services there are, by variables there are, and leaves nothing insecure', () => {
    for (const name of Object.keys(over.services)) expect(Object.keys(compose.services)).toContain(name);
    const told = over.services.server?.environment ?? {};
    expect(Object.keys(told).filter((name) => !(name in ENVIRONMENT))).toEqual([]);
    expect(told).toMatchObject({ CITYWALL_INSECURE: '0', CITYWALL_DEMO: '0' });
    // what has no safe default has to be given
    for (const name of ['CITYWALL_ADMIN_PASSWORD', 'CITYWALL_PUBLIC_URL', 'CITYWALL_MQTT_URL'] as const)
      expect(told[name]).toContain(':?');
    expect(over.services.server?.healthcheck?.test.join(' ')).toContain('https://127.0.0.1:8080/healthz');
  });

  it('its broker differs from the other in who gets in, and in nothing else', () => {
    const rest = (file: string) => read(file).slice(read(file).indexOf('# Sessions and what waits'));
    expect(rest('deploy/mosquitto.tls.conf')).toBe(rest('deploy/mosquitto.conf'));
    expect(read('deploy/mosquitto.tls.conf')).toMatch(/^allow_anonymous false$/m);
  });
});
