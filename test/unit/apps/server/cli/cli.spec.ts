import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { citywall, ROOT } from './surroundings.js';

let site: string;
const write = async (path: string, text: string) => {
  await mkdir(dirname(join(site, path)), { recursive: true });
  await writeFile(join(site, path), text);
};

beforeAll(async () => {
  site = await mkdtemp(join(tmpdir(), 'citywall-cli-'));
});
afterAll(() => rm(site, { recursive: true, force: true }));

describe('usage', () => {
  it('help lists every command; without a command the same and exit code 2', async () => {
    const help = await citywall(['help']);
    expect(help.code).toBe(0);
    for (const name of ['check', 'test', 'explain', 'new', 'schema', 'samples', 'archive'])
      expect(help.out).toContain(`  ${name} `);
    expect(await citywall([])).toMatchObject({ code: 2, out: help.out });
  });

  it.each([
    [
      ['chek'],
      'there is no command "chek"; there are check, test, explain, new, schema, samples, doctor, archive, audit, account, backup, restore, notify, simulate and help',
    ],
    [['check', '--fast'], "Unknown option '--fast'"],
    [['check', '/nowhere/at/all'], 'there is no folder /nowhere/at/all'],
    [['explain', '--payload', '1'], '--topic is missing'],
    [['explain', '--topic', 'a'], 'give the message by --payload or by --file'],
    [['explain', '--topic', 'a', '--payload', 'xyz', '--hex'], 'hex must be pairs of digits'],
    [['explain', '--topic', 'a', '--file', '/nowhere'], '/nowhere cannot be read'],
    [['explain', '--topic', 'a', '--payload', '1', '--pack', 'nothing'], 'there is no pack nothing; there are'],
    [['new'], 'give one system id'],
    [['new', 'Big'], '"Big" is no system id'],
    [['new', 'water'], 'water is a built-in system'],
  ])('%j is not understood: exit code 2, what is wrong, how it is written', async (args, message) => {
    const { code, err } = await citywall(args);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  it('a folder without packs is not understood', async () => {
    await mkdir(join(site, 'empty'));
    expect(await citywall(['check', join(site, 'empty')])).toMatchObject({ code: 2 });
  });
});

describe('new, check, test', () => {
  it.each([
    ['parking', '智慧停车', 'Parking'],
    ['odd-one', 'true', 'no: "quotes" # here'],
    ['n0', "引号'", '1.5'],
  ])('a new pack %s passes check and test as it is', async (id, zh, en) => {
    const made = await citywall(['new', id, '--dir', site, '--zh', zh, '--en', en]);
    expect(made).toMatchObject({ code: 0, err: '' });
    const folder = join(site, id);
    const checked = await citywall(['check', folder]);
    expect(checked.out).toBe(
      `${id}: ok (1 feed, 2 metrics, 1 asset, 1 alarm rule, 1 KPI, 1 scene, 1 case, 1 timeline)`,
    );
    expect(checked.code).toBe(0);
    expect(await citywall(['test', folder])).toMatchObject({
      code: 0,
      out: `${id}: 1 of 1 case passed\n${id}: 1 of 1 timeline passed`,
    });
  });

  it('new takes CITYWALL_PACKS_DIR, and never writes over a folder that is there', async () => {
    expect(await citywall(['new', 'fresh'], { CITYWALL_PACKS_DIR: site })).toMatchObject({ code: 0 });
    const again = await citywall(['new', 'fresh'], { CITYWALL_PACKS_DIR: site });
    expect(again.code).toBe(2);
    expect(again.err).toContain('is there already and not empty');
  });

  it('check looks at notifications.yaml of the site, named or in use', async () => {
    const route = 'routes: [{ id: all, to: [duty], systems: [water] }]\n';
    await write('told/notifications.yaml', `targets: { duty: { url: "https://hooks.example" } }\n${route}`);
    const named = await citywall(['check', join(site, 'told')]);
    expect(named).toMatchObject({ code: 0, out: 'notifications.yaml: ok (duty)' });
    await write(
      'told/notifications.yaml',
      `targets: { duty: { url: "https://hooks.example" } }\n${route.replace('water', 'watre')}`,
    );
    const wrong = await citywall(['check', join(site, 'told')]);
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('told/notifications.yaml:2:43 no pack describes the system "watre"');
  });

  it('notify says what came of a test message, and nothing of the address but its host', async () => {
    await write('told/notifications.yaml', 'targets: { duty: { url: "http://127.0.0.1:9/secret-path" } }\n');
    const run = await citywall(['notify', '--test', 'duty', '--dir', join(site, 'told')]);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain('duty (http://127.0.0.1:9) did not take it: address-refused');
    expect(run.err).not.toContain('secret-path');
    const none = await citywall(['notify', '--test', 'nobody', '--dir', join(site, 'told')]);
    expect(none).toMatchObject({ code: 1, err: 'there is no target "nobody"; there are duty' });
  });

  it('check looks at brokers.yaml of the site, named or in use', async () => {
    await write('brokered/brokers.yaml', 'transport: { url: "mqtt://x" }\ndefault: { share: walls }\n');
    const named = await citywall(['check', join(site, 'brokered')]);
    expect(named).toMatchObject({ code: 0, out: 'brokers.yaml: ok (transport, default)' });
    await write('brokered/brokers.yaml', 'transport:\n  url: mqtt://x\n  passwort: y\n');
    const used = await citywall(['check'], { CITYWALL_PACKS_DIR: join(site, 'brokered') });
    expect(used.code).toBe(1);
    expect(used.out).toContain('brokered/brokers.yaml:3:3 unknown key "passwort", did you mean "password"?');
    expect(used.out).toContain('and brokers.yaml');
  });

  it('check tells every problem with its place and counts them', async () => {
    await write('broken/pack.yaml', 'id: broken\nname: { zh: 坏, en: Broken }\nasetTypes: {}\nkind: town\n');
    const { code, out } = await citywall(['check', join(site, 'broken')]);
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      `${join(site, 'broken')}/pack.yaml:3:1 unknown key "asetTypes", did you mean "assetTypes"?`,
      `${join(site, 'broken')}/pack.yaml:4:7 expected system or city, found "town"`,
      '2 problems in 1 pack',
    ]);
    expect((await citywall(['test', join(site, 'broken')])).code).toBe(1);
  });

  it('checks a patch together with the pack it patches', async () => {
    await write('patches/water/alarms.yaml', 'alarms:\n  - { id: reservoir-over-limit, for: 20m }\n');
    expect((await citywall(['check', join(site, 'patches')])).out).toMatch(/^water: ok \(/);
    await write('patches/water/alarms.yaml', 'alarms:\n  - { id: reservoir-over-limt, for: 20m }\n');
    const { code, out } = await citywall(['check', join(site, 'patches/water')]);
    expect(code).toBe(1);
    expect(out).toContain('patches/water/alarms.yaml:2:5 "priority" is missing');
  });

  it('test says what is missing and what was not expected, ready to be pasted', async () => {
    await citywall(['new', 'level', '--dir', site]);
    await write(
      'level/cases/first-message.yaml',
      `topic: level/S-001/telemetry
payload: { json: { ts: 1783578900000, level: "12.34" } }
receivedAt: 2026-07-09T14:35:02+08:00
expect:
  readings: [{ asset: station/S-001, metric: level, value: 12.4, at: 2026-07-09T14:35:00+08:00 }]
`,
    );
    const { code, out } = await citywall(['test', join(site, 'level')]);
    expect(code).toBe(1);
    expect(out).toContain(
      '  missing:    reading { asset: station/S-001, metric: level, value: 12.4, at: "2026-07-09T14:35:00+08:00" }\n' +
        '  unexpected: reading { feed: telemetry, asset: station/S-001, metric: level, value: 12.3, at: 2026-07-09T06:35:00.000Z }',
    );
    expect(out).toContain('level: 0 of 1 case passed');
  });
});

describe('explain', () => {
  const topic = ['--topic', 'slj/dj/60711250/rt'];
  const good = '{"head":{"stcd":"60711250","sttp":"RR"},"body":{"tm":"2026-07-09 14:35:00","z":"462.44"}}';

  it('goes through the steps and shows what comes of it', async () => {
    const { code, out } = await citywall(['explain', ...topic, '--payload', good]);
    expect(code).toBe(0);
    expect(out).toContain('pack water');
    expect(out).toContain('stcd = "60711250"');
    expect(out).toMatch(/path body\.z = "462\.44" → number 462\.44/);
    expect(out).toContain(
      'reading { feed: reservoir, asset: reservoir/60711250, metric: level, value: 462.44, at: 2026-07-09T06:35:00.000Z }',
    );
  });

  it('a rejection is exit code 1 with its reason', async () => {
    const { code, out } = await citywall(['explain', ...topic, '--payload', good.replace('462.44', 'dry')]);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ rejected, type/);
    expect(out).toMatch(/rejection \{ feed: reservoir, reason: type, path: body\.z \}/);
  });

  it('reads files and hex', async () => {
    await writeFile(join(site, 'message.hex'), Buffer.from(good).toString('hex').replace(/(..)/g, '$1 '));
    const { code } = await citywall([
      'explain',
      ...topic,
      '--file',
      join(site, 'message.hex'),
      '--hex',
      '--pack',
      'water',
    ]);
    expect(code).toBe(0);
  });

  it('a topic nobody listens to names the topics that are listened to', async () => {
    const { code, out } = await citywall(['explain', '--topic', 'slj/dj/rt', '--payload', '1', '--pack', 'water']);
    expect(code).toBe(1);
    expect(out).toContain('no feed listens to slj/dj/rt');
    expect(out).toMatch(/water\/.*reservoir.* listens to slj\/dj\/\+\/rt/);
  });
});

it('the built-in packs are right, and the cases and timelines of one pass (test/packs has all)', async () => {
  const checked = await citywall(['check']);
  expect(checked.out).not.toContain('problem');
  expect(checked.code).toBe(0);
  expect((await citywall(['test', join(ROOT, 'libs/packs/water')])).code).toBe(0);
});
