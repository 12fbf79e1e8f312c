import { parseBrokers, showProblem } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';

const problemsOf = (text: string) => parseBrokers(text, 'site').problems.map(showProblem);

describe('parseBrokers', () => {
  it('reads every key and keeps secrets as they are written', () => {
    const text = `default: { keepalive: 20s, ca: ca.pem }
transport:
  url: mqtts://broker.example:8883
  username: wall
  password: "\${env:MQ_PASSWORD}"
  version: 5
  cert: c.pem
  key: k.pem
  share: walls
`;
    const { brokers, problems, spot } = parseBrokers(text, 'site');
    expect(problems).toEqual([]);
    expect(brokers.get('transport')).toMatchObject({ password: `\${env:MQ_PASSWORD}`, version: 5, share: 'walls' });
    expect(brokers.get('default')).toEqual({ keepalive: 20_000, ca: 'ca.pem' });
    expect(spot('transport', 'cert')).toEqual({ file: 'site/brokers.yaml', line: 7, col: 9 });
  });

  it('of an empty file is none', () => {
    expect(parseBrokers('# none yet\n', 'site')).toMatchObject({ brokers: new Map(), problems: [] });
  });

  it.each([
    [
      'a: { url: "http://x" }',
      ['1:11 expected an address like mqtts://broker.example:8883 (mqtt, mqtts, ws or wss), found "http://x"'],
    ],
    ['a: { url: "mqtt://u:p@x" }', ['1:11 user and password do not belong into the address']],
    ['a: { url: "mqtt://x", passwort: y }', ['1:23 unknown key "passwort", did you mean "password"?']],
    ['a: { username: y }', ['1:4 "url" is missing']],
    ['default: { url: "mqtt://x" }', ['1:17 the address of the default broker is CITYWALL_MQTT_URL; leave url out']],
    ['a: { url: "mqtt://x", cert: c.pem }', ['1:4 cert and key belong together']],
    ['a: { url: "mqtt://x", version: 4 }', ['1:32 expected']],
    ['a: { url: "mqtt://x", keepalive: 1s }', ['1:34 must be from 5s to 1h']],
    ['a: { url: "mqtt://x", share: "a/b" }', ['1:30 expected the name of a group']],
    ['a: { url: "mqtt://x", clientId: "a b" }', ['1:33 expected 1 to 60 of']],
    ['Big Name: { url: "mqtt://x" }', ['a broker is named like a system']],
    ['- a', ['1:1 expected a map']],
    ['a: [', ['1:5 YAML']],
    ['a: { url: "mqtt://x", x1: 1 }\nb: { url: 5 }', ['1:23 unknown key "x1"', '2:11 expected text, found 5']],
  ])('refuses %j and says where', (text, expected) => {
    const found = problemsOf(text);
    expect(found).toHaveLength(expected.length);
    for (const [place, message] of expected.entries()) expect(found[place]).toContain(message);
    expect(parseBrokers(text, 'site').brokers.size).toBe(0);
  });
});
