import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../support/services.js';

/** Where no engine answers nothing here can run, and deploy/README.md says so. */
const engine = spawnSync('docker', ['info'], { timeout: 10_000 }).status === 0;
const ROOT = join(import.meta.dirname, '../../..');

(engine ? describe : describe.skip)('docker compose up', () => {
  const project = `citywall-test-${process.pid}`;
  let env: NodeJS.ProcessEnv;
  const compose = (...args: string[]) =>
    execFileSync('docker', ['compose', '--project-name', project, ...args], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    });

  beforeAll(async () => {
    env = { ...process.env, CITYWALL_PORT: String(await freePort()), CITYWALL_MQTT_PORT: String(await freePort()) };
    compose('up', '--build', '--detach', '--wait');
  }, 900_000);
  afterAll(() => void compose('down', '--volumes', '--timeout', '20'), 120_000);

  it('brings up three healthy services, and the server finds its Redis and its broker', async () => {
    const answer = await fetch(`http://127.0.0.1:${env.CITYWALL_PORT}/readyz`);
    expect(answer.status).toBe(200);
    const page = await fetch(`http://127.0.0.1:${env.CITYWALL_PORT}/`);
    expect(await page.text()).toContain('<title>');
  });
});
