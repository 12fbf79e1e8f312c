import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readBrokers } from '../../../../../apps/server/src/feeds/brokers.js';

const DEFAULT = 'mqtt://127.0.0.1:1883';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the texts are brokers.yaml
describe('readBrokers', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'citywall-brokers-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const write = (text: string, name = 'brokers.yaml') => writeFileSync(join(dir, name), text);

  it('knows the default broker without a site directory or file', () => {
    const only = { brokers: new Map([['default', { url: DEFAULT }]]), problems: [] };
    expect(readBrokers(null, DEFAULT)).toEqual(only);
    expect(readBrokers(dir, DEFAULT)).toEqual(only);
  });

  it('takes secrets from environment and files, certificates from files beside it', () => {
    write('hush\n', 'secret');
    write('CA', 'ca.pem');
    write('CERT', 'cert.pem');
    write('KEY', 'key.pem');
    write(`transport:
  url: mqtts://\${env:MQ_HOST}:8883
  username: "\${env:MQ_USER}"
  password: "\${file:${dir}/secret}"
  ca: ca.pem
  cert: ${dir}/cert.pem
  key: key.pem
  passphrase: "\${env:MQ_USER}-1"
  serverName: broker.internal
  version: 3.1.1
  keepalive: 1m
  clientId: county-wall
  share: walls
old: { url: "ws://127.0.0.1:9001", version: auto }
default: { ca: ca.pem }
`);
    const { brokers, problems } = readBrokers(dir, DEFAULT, { MQ_USER: 'wall', MQ_HOST: 'broker.example' });
    expect(problems).toEqual([]);
    expect(Object.fromEntries(brokers)).toEqual({
      default: { url: DEFAULT, ca: 'CA' },
      transport: {
        url: 'mqtts://broker.example:8883',
        username: 'wall',
        password: 'hush',
        ca: 'CA',
        cert: 'CERT',
        key: 'KEY',
        passphrase: 'wall-1',
        serverName: 'broker.internal',
        version: 4,
        keepalive: 60,
        clientId: 'county-wall',
        share: 'walls',
      },
      old: { url: 'ws://127.0.0.1:9001' },
    });
  });

  it.each([
    ['a:\n  url: "mqtt://x"\n  password: "${env:NOT_THERE}"\n', '3:13 the environment has no NOT_THERE'],
    ['a:\n  url: "mqtt://x"\n  ca: nowhere.pem\n', '3:7 nowhere.pem cannot be read (ENOENT)'],
    ['a: { url: "mqtt://x", password: "${file:/not/there}" }', '1:33 /not/there cannot be read (ENOENT)'],
    ['a: { url: "${env:ADDRESS}" }', '1:11 is no address like'],
    ['a: [', '1:'],
  ])('refuses %j as a whole and says where', (text, message) => {
    write(`${text}`);
    const { brokers, problems } = readBrokers(dir, DEFAULT, { ADDRESS: 'http://user:hush@x' });
    expect([...brokers.keys()]).toEqual(['default']);
    const [problem] = problems;
    expect(`${problem?.line}:${problem?.col} ${problem?.message}`).toContain(message);
    expect(problem?.file).toBe(`${dir}/brokers.yaml`);
    expect(JSON.stringify(problems)).not.toContain('hush');
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the texts are brokers.yaml
