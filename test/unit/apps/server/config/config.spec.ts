import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Config, ConfigError, withoutSecrets } from '../../../../../apps/server/src/config/config.js';
import { ENVIRONMENT, environmentSchema } from '../../../../../apps/server/src/config/environment.js';

const needed = { CITYWALL_MQTT_URL: 'mqtt://127.0.0.1:1883', CITYWALL_REDIS_URL: 'unix:///tmp/redis.sock' };

function problemsOf(environment: Record<string, string>): string[] {
  try {
    new Config(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('Config', () => {
  it('has the defaults of the public contract', () => {
    const config = new Config(needed);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8080, demo: false, logLevel: 'info', packsDir: null });
    expect(config.roles).toEqual(['ingest', 'push', 'api', 'simulate']);
    expect(config.dataDir).toBe(join(process.cwd(), 'data'));
    expect(config.exposure).toBeNull();
  });

  it('takes an empty variable as absent', () => {
    expect(new Config({ ...needed, CITYWALL_PORT: '', CITYWALL_PUBLIC_URL: '' }).port).toBe(8080);
  });

  it('tells every problem at once, each by its variable', () => {
    const problems = problemsOf({
      CITYWALL_PORT: '70000',
      CITYWALL_DEMO: 'yes',
      CITYWALL_ROLES: 'ingest,cook',
      CITYWALL_REDIS_URL: 'http://redis',
      CITYWALL_LOG_LEVEL: 'loud',
    });
    for (const name of ['PORT', 'DEMO', 'ROLES', 'REDIS_URL', 'LOG_LEVEL']) {
      expect(problems.filter((problem) => problem.startsWith(`CITYWALL_${name} `))).toHaveLength(1);
    }
  });

  it('needs a broker and a Redis only where a role does', () => {
    expect(problemsOf({})).toHaveLength(2);
    expect(problemsOf({ CITYWALL_ROLES: 'api', CITYWALL_REDIS_URL: needed.CITYWALL_REDIS_URL })).toEqual([]);
    expect(problemsOf({ CITYWALL_ROLES: 'simulate', CITYWALL_MQTT_URL: needed.CITYWALL_MQTT_URL })).toEqual([]);
  });

  it('refuses a public bind without password and TLS, and says what an accepted one exposes', () => {
    expect(problemsOf({ ...needed, CITYWALL_HOST: '0.0.0.0' })).toHaveLength(2);
    expect(new Config({ ...needed, CITYWALL_HOST: '0.0.0.0', CITYWALL_INSECURE: '1' }).exposure).toContain('Exposed');
  });

  it('wants certificate and key together', () => {
    expect(problemsOf({ ...needed, CITYWALL_TLS_CERT: 'cert.pem' })).toHaveLength(1);
  });

  it('knows when simulated data would go to a foreign broker', () => {
    expect(new Config({ ...needed, CITYWALL_DEMO: '1' }).demoExternal).toBe(true);
    expect(new Config({ ...needed, CITYWALL_DEMO: '1', CITYWALL_PRIVATE: 'redis,mosquitto' }).demoExternal).toBe(false);
  });

  it('names variables that nobody reads', () => {
    expect(new Config({ ...needed, CITYWALL_PROT: '1', HOME: '/root' }).unknownVariables).toEqual(['CITYWALL_PROT']);
  });

  it('never prints a password of a URL', () => {
    expect(withoutSecrets('mqtt://user:secret@broker:1883')).toBe('mqtt://broker:1883');
  });
});

describe('ENVIRONMENT', () => {
  it('describes exactly the variables that the server reads, and those of launcher and tests', () => {
    const read = Object.entries(ENVIRONMENT).filter(([, entry]) => entry.reader === 'server');
    expect(read.map(([name]) => name).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });
});
