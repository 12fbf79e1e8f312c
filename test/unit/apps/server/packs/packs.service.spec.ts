import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CompiledFeeds, Memories } from '@citywall/mapping';
import type { Pack } from '@citywall/pack-schema';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { firstValueFrom, Subject } from 'rxjs';
import { PacksRepository } from '../../../../../apps/server/src/packs/packs.repository.js';
import { PacksService } from '../../../../../apps/server/src/packs/packs.service.js';
import { readHere } from '../../../../../apps/server/src/packs/reading.js';

Logger.overrideLogger(false);

/** Notices as they are raised and cleared, with a way to wait for the next one. */
class FakeNotices {
  readonly held = new Map<string, { zh: string; en: string }>();
  readonly events$ = new Subject<string>();

  raise(reason: string, { subject, text }: { subject: string; text: { zh: string; en: string } }): void {
    this.held.set(`${reason}:${subject}`, text);
    this.events$.next(`raised ${reason}:${subject}`);
  }

  clear(id: string): void {
    this.held.delete(id);
    this.events$.next(`cleared ${id}`);
  }
}

const pack = (id: string, order = 1, more = '') => `id: ${id}\norder: ${order}\nname: { zh: 甲, en: ${id} }
assetTypes: { tank: { name: { zh: 罐, en: Tank } } }\n${more}`;
const metrics = (unit: string) =>
  `metrics:\n  - { id: tank/level, name: { zh: 液位, en: Level }, unit: ${unit}, kind: gauge }\n`;
const overview = (of: string) => `scenes:
  - id: overview
    name: { zh: 总览, en: Overview }
    grid: { columns: 1, rows: 1 }
    panels:
      - { id: a, type: ranking, at: { x: 0, y: 0, w: 1, h: 1 }, title: { zh: 甲, en: A }, views: { rows: { kind: rank, of: ${of} } } }
`;
const compileNothing = (of: Pack): CompiledFeeds => ({
  subscriptions: of.feeds.map((feed) => ({
    filter: String(feed.topic),
    qos: 1,
    broker: 'default',
    priority: 'normal',
    feedIds: [feed.id],
  })),
  memory: new Memories(),
  match: () => false,
  listen: () => null,
  map: () => [],
});

describe('PacksService', () => {
  let root: string;
  let notices: FakeNotices;
  let packs: PacksService;
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const nextChange = () => firstValueFrom(packs.changes$);
  const nextNotice = () => firstValueFrom(notices.events$);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'citywall-packs-'));
    notices = new FakeNotices();
    const places = {
      builtinPacksDir: join(root, 'builtin'),
      recipesDir: join(root, 'recipes'),
      packsDir: join(root, 'site'),
    };
    const following = { settle: 20, pollEvery: 500 };
    packs = new PacksService(readHere({ places }), new PacksRepository(places), notices, compileNothing, following);
    await write('builtin/water/pack.yaml', pack('water', 2));
    await write('builtin/water/metrics.yaml', metrics('m'));
    await write('builtin/traffic/pack.yaml', pack('traffic', 1));
    await mkdir(join(root, 'site'));
  });

  afterEach(async () => {
    await packs.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('reads what is there, in order, and answers look-ups', async () => {
    await write(
      'builtin/water/assets.geojson',
      '{"type":"FeatureCollection","features":[{"type":"Feature","id":"tank/1/a","properties":{"name":"A"},"geometry":null}]}',
    );
    await write('builtin/notes.txt', 'not a pack');
    await write('builtin/_draft/pack.yaml', 'id: [');
    await packs.load();
    expect(packs.all().map(({ id }) => id)).toEqual(['traffic', 'water']);
    expect(packs.metric('water', 'tank', 'level')?.unit).toBe('m');
    expect(packs.metric('water', 'tank', 'depth')).toBeUndefined();
    expect(packs.asset('water/tank/1/a')?.name).toBe('A');
    expect(packs.asset('nothing')).toBeUndefined();
    expect(packs.compiled('water')?.subscriptions).toEqual([]);
    expect(notices.held.size).toBe(0);
  });

  it('a bad pack at the start prevents no other', async () => {
    await write('builtin/water/metrics.yaml', 'metrics: {');
    await write('site/own/pack.yaml', 'id: other');
    await packs.load();
    expect(packs.all().map(({ id }) => id)).toEqual(['traffic']);
    expect([...notices.held.keys()].sort()).toEqual(['pack-refused:own', 'pack-refused:water']);
    expect(notices.held.get('pack-refused:water')?.en).toContain('the system is not connected');
    expect(notices.held.get('pack-refused:water')?.en).toContain('metrics.yaml:1:11');
    expect(packs.problems().get('own')?.length).toBeGreaterThan(0);
  });

  it('takes a changed file while running and leaves the other packs as they are', async () => {
    await packs.load();
    packs.start();
    const traffic = packs.get('traffic');
    const change = nextChange();
    await write('builtin/water/metrics.yaml', metrics('cm'));
    expect(await change).toEqual({ changed: ['water'], removed: [] });
    expect(packs.metric('water', 'tank', 'level')?.unit).toBe('cm');
    expect(packs.get('traffic')).toBe(traffic);
  });

  it('keeps the last good pack when a change is bad, says so, and takes it back when it is repaired', async () => {
    await packs.load();
    packs.start();
    const before = packs.get('water');
    const raised = nextNotice();
    await write('builtin/water/metrics.yaml', metrics('m').replace('kind: gauge', 'kind: guage'));
    expect(await raised).toBe('raised pack-refused:water');
    expect(packs.get('water')).toBe(before);
    expect(notices.held.get('pack-refused:water')?.en).toMatch(
      /the last good one runs on: .*metrics\.yaml:2:\d+ expected gauge, .* did you mean gauge\?$/,
    );
    const cleared = nextNotice();
    const change = nextChange();
    await write('builtin/water/metrics.yaml', metrics('dm'));
    expect(await cleared).toBe('cleared pack-refused:water');
    expect((await change).changed).toEqual(['water']);
    expect(notices.held.size).toBe(0);
  });

  it('takes a new folder while running, with its feeds', async () => {
    await packs.load();
    packs.start();
    const change = nextChange();
    // moved into place, as a copy by hand or a deployment does it
    await write('elsewhere/waste/pack.yaml', pack('waste'));
    await write('elsewhere/waste/feeds.yaml', 'feeds:\n  - { id: rt, topic: a/b, ignore: true }\n');
    await rename(join(root, 'elsewhere/waste'), join(root, 'site/waste'));
    expect(await change).toEqual({ changed: ['waste'], removed: [] });
    expect(packs.compiled('waste')?.subscriptions).toMatchObject([{ filter: 'a/b' }]);
  });

  it('takes a patch of the site, and forgets it when it is removed', async () => {
    await packs.load();
    packs.start();
    const patched = nextChange();
    await write('site/water/metrics.yaml', 'metrics:\n  - { id: tank/level, unit: km }\n');
    await patched;
    expect(packs.metric('water', 'tank', 'level')?.unit).toBe('km');
    const restored = nextChange();
    await rm(join(root, 'site/water'), { recursive: true });
    await restored;
    expect(packs.metric('water', 'tank', 'level')?.unit).toBe('m');
  });

  it('lets a pack go with its folder', async () => {
    await packs.load();
    packs.start();
    const change = nextChange();
    await rm(join(root, 'builtin/traffic'), { recursive: true });
    expect(await change).toEqual({ changed: [], removed: ['traffic'] });
    expect(packs.get('traffic')).toBeUndefined();
  });

  it('sees a site folder that did not exist at the start', async () => {
    await rm(join(root, 'site'), { recursive: true });
    await packs.load();
    packs.start();
    const change = nextChange();
    await write('site/late/pack.yaml', pack('late'));
    expect((await change).changed).toEqual(['late']);
  });

  it('judges city scenes by the packs that run, also by the last good ones', async () => {
    await write('builtin/overview/pack.yaml', 'id: overview\nkind: city\nname: { zh: 总览, en: Overview }\n');
    await write('builtin/overview/scene.yaml', overview('water/tank/level'));
    await packs.load();
    expect(packs.get('overview')?.kind).toBe('city');
    await write('builtin/water/metrics.yaml', 'metrics: {');
    await packs.load();
    expect([...notices.held.keys()]).toEqual(['pack-refused:water']);
    await write('builtin/water/metrics.yaml', metrics('m').replace('tank/level', 'tank/depth'));
    await packs.load();
    expect([...notices.held.keys()]).toEqual(['pack-refused:overview']);
    expect(packs.get('overview')).toBeDefined();
    expect(notices.held.get('pack-refused:overview')?.en).toContain('system water has no metric "water/tank/level"');
  });

  it('calls of load that overlap are one reading and one more', async () => {
    const first = packs.load();
    expect(packs.load()).toBe(first);
    await first;
    expect(packs.all()).toHaveLength(2);
  });

  it('after stop nothing is followed any more', async () => {
    await packs.load();
    packs.start();
    await packs.stop();
    const seen: unknown[] = [];
    packs.changes$.subscribe((change) => seen.push(change));
    await write('builtin/water/metrics.yaml', metrics('cm'));
    await packs.stop();
    expect(seen).toEqual([]);
    await packs.load();
    expect(seen).toHaveLength(1);
  });
});
