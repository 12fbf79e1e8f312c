import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BrokersError, readBrokers } from '../../../../../apps/server/src/feeds/brokers.js';

describe('readBrokers', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'citywall-brokers-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const write = (text: string) => writeFileSync(join(dir, 'brokers.yaml'), text);

  it('is empty without a site directory or file', () => {
    expect(readBrokers(null).size).toBe(0);
    expect(readBrokers(dir).size).toBe(0);
  });

  it('takes secrets from environment and files', () => {
    writeFileSync(join(dir, 'secret'), 'hush\n');
    writeFileSync(join(dir, 'ca.pem'), 'PEM');
    write(
      `transport:\n  url: mqtts://broker.example:8883\n  username: "\${env:MQ_USER}"\n  password: "\${file:${dir}/secret}"\n  ca: ${dir}/ca.pem\n`,
    );
    expect(readBrokers(dir, { MQ_USER: 'wall' }).get('transport')).toEqual({
      url: 'mqtts://broker.example:8883',
      username: 'wall',
      password: 'hush',
      ca: 'PEM',
    });
  });

  it.each([
    ['a: { url: "http://x" }', /a\.url must begin with/],
    ['a: { url: "mqtt://x", passwort: y }', /passwort/],
    [`a: { url: "mqtt://x", password: "\${env:NOT_THERE}" }`, /no NOT_THERE/],
    [`a: { url: "mqtt://x", password: "\${file:/not/there}" }`, /can't be read/],
    ['a: [', /brokers\.yaml/],
  ])('refuses %s', (text, message) => {
    write(text);
    expect(() => readBrokers(dir, {})).toThrow(BrokersError);
    expect(() => readBrokers(dir, {})).toThrow(message);
  });
});
