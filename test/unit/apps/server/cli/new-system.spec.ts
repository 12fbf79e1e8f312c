import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { citywall, ROOT } from './surroundings.js';

/** Files the guide gives: a path in backticks (or as the block's first comment), then a block of code. */
function filesOf(guide: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const [, path = '', text = ''] of guide.matchAll(/`site\/(parking\/[^`]+)`[^\n]*\n\n```\w+\n([\s\S]*?)```/g)) {
    files.set(path, text);
  }
  for (const [, path = '', text = ''] of guide.matchAll(/```yaml\n# site\/(\S+)\n([\s\S]*?)```/g))
    files.set(path, text);
  return files;
}

describe('docs/new-system.md, followed to the letter', () => {
  let site: string;
  let guide: string;
  let files: Map<string, string>;

  beforeAll(async () => {
    guide = await readFile(join(ROOT, 'docs/new-system.md'), 'utf8');
    files = filesOf(guide);
    site = await mkdtemp(join(tmpdir(), 'citywall-guide-'));
  });
  afterAll(() => rm(site, { recursive: true, force: true }));

  it('replaces every file of the skeleton', async () => {
    expect(await citywall(['new', 'parking', '--dir', site, '--zh', '智慧停车', '--en', 'Parking'])).toMatchObject({
      code: 0,
    });
    expect([...files.keys()].filter((path) => path.startsWith('parking/'))).toEqual(
      expect.arrayContaining(
        ['pack', 'metrics', 'feeds', 'alarms', 'kpis', 'scene'].map((name) => `parking/${name}.yaml`),
      ),
    );
    for (const [path, text] of files) {
      if (path.startsWith('parking/')) await writeFile(join(site, path), text);
    }
  });

  it('passes check and test', async () => {
    const checked = await citywall(['check', join(site, 'parking')]);
    expect(checked.out).toMatch(
      /^parking: ok \(1 feed, 2 metrics, 1 asset, 1 alarm rule, 1 KPI, 1 scene, 1 case, 1 timeline\)$/,
    );
    expect(await citywall(['test', join(site, 'parking')])).toMatchObject({
      code: 0,
      out: 'parking: 1 of 1 case passed\nparking: 1 of 1 timeline passed',
    });
  });

  it('explains the message as the guide says', async () => {
    const [, topic = '', payload = ''] = /^topic {4}(\S+)\npayload {2}(.*)$/m.exec(guide) ?? [];
    const { code, out } = await citywall([
      'explain',
      '--pack',
      join(site, 'parking'),
      '--topic',
      topic,
      '--payload',
      payload,
    ]);
    expect(code).toBe(0);
    expect(out).toContain('metric: free, value: 37');
    expect(out).toContain('metric: gate, value: open');
  });

  it('reads the event as the guide says', async () => {
    const [feed = ''] = /^ {2}- id: event\n(?: {4}.*\n)+/m.exec(guide) ?? [];
    const [types = ''] = /^occurrenceTypes:\n(?: .*\n)+/m.exec(guide) ?? [];
    const [, payload = ''] = /are \*occurrences\*: `([^`]+)`/.exec(guide) ?? [];
    const dir = join(site, 'parking');
    await writeFile(join(dir, 'feeds.yaml'), `${files.get('parking/feeds.yaml')}${feed}`);
    await writeFile(join(dir, 'pack.yaml'), `${files.get('parking/pack.yaml')}${types}`);
    expect(await citywall(['check', dir])).toMatchObject({ code: 0 });
    const open = await citywall(['explain', '--pack', dir, '--topic', 'park/dj/P003/event', '--payload', payload]);
    expect(open.out).toMatch(/"?4711"?, type: alert, .*status: open, at: 2026-07-09T06:20:00.000Z.*level: high/);
    expect(open.out).toContain('asset: lot/P003');
    const ended = payload.replace('null', '"2026/07/09 14:30"');
    const closed = await citywall(['explain', '--pack', dir, '--topic', 'park/dj/P003/event', '--payload', ended]);
    expect(closed.out).toContain('status: closed');
  });

  it('reads the rows in a coded text as the guide says', async () => {
    const [feed = ''] = /^ {2}- id: rows\n(?: {4}.*\n)+/m.exec(guide) ?? [];
    const [types = ''] = /^occurrenceTypes:\n(?: .*\n)+/m.exec(guide) ?? [];
    const [, table = ''] = /```csv\n([\s\S]*?)```/.exec(guide) ?? [];
    const dir = join(site, 'parking');
    await writeFile(join(dir, 'feeds.yaml'), `${files.get('parking/feeds.yaml')}${feed}`);
    await writeFile(join(dir, 'pack.yaml'), `${files.get('parking/pack.yaml')}${types}`);
    expect(await citywall(['check', dir])).toMatchObject({ code: 0 });
    const payload = JSON.stringify({ d: Buffer.from(table).toString('base64') });
    const { out } = await citywall(['explain', '--pack', dir, '--topic', 'park/dj/nan/rows', '--payload', payload]);
    expect(out).toMatch(/id: P003-E01, type: alert, status: open, at: 2026-07-09T06:35:00.000Z/);
    expect(out).toMatch(/id: P004-E01, type: alert, status: closed/);
    expect(out).toContain('asset: lot/P004, metric: gate, value: open');
    expect(out).not.toContain('asset: lot/P003, metric: gate');
    expect(out).not.toContain('rejection {');
  });

  it('its patches of built-in systems fit', async () => {
    const patches = [...files].filter(([path]) => !path.startsWith('parking/'));
    expect(patches.length).toBeGreaterThan(0);
    for (const [path, text] of patches) {
      await rm(join(site, 'water'), { recursive: true, force: true });
      await mkdir(join(site, 'water'));
      await writeFile(join(site, path), text);
      expect({ path, ...(await citywall(['check', join(site, 'water')])) }).toMatchObject({ path, code: 0 });
    }
  });
});
