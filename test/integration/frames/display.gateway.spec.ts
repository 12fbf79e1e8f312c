import { EVENTS, PROTOCOL_VERSION, type ViewSpec } from '@citywall/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { asset } from '../../support/pack.js';
import { FakePacks, pack, scene, water } from '../../unit/apps/server/frames/fakes.js';
import { batch, type OpenState, occurrence, openState, reading } from '../state/open-state.js';
import { type OpenFrames, openFrames, TestDisplay } from './open-frames.js';

const LEVELS: ViewSpec = { kind: 'latest', type: 'water/reservoir', metrics: ['level'] };
const HIGHEST: ViewSpec = { kind: 'aggregate', of: 'water/reservoir/level', fn: 'max' };
const NOTICES: ViewSpec = { kind: 'notices' };
const CASES: ViewSpec = { kind: 'list', systems: ['urban'], limit: 5 };
const LEVEL_A: ViewSpec = {
  kind: 'series',
  asset: 'water/reservoir/a',
  metric: 'level',
  window: 3_600_000,
  step: 60_000,
};

describe('displays over Socket.IO, state in Redis', () => {
  let open: OpenState;
  let frames: OpenFrames;
  let displays: TestDisplay[];
  let packs: FakePacks;

  beforeAll(async () => {
    open = await openState();
  });
  afterAll(() => open.close());

  beforeEach(async () => {
    await open.redis.commands.flushall();
    displays = [];
    packs = new FakePacks([
      water([scene('s', [LEVELS, HIGHEST, NOTICES, CASES, LEVEL_A]), scene('t', [HIGHEST])]),
      pack('urban', { pii: { occurrences: { case: { reporter: 'phone' } }, readings: {} } }),
    ]);
    await level('a', 430);
    frames = await openFrames(open, packs);
  });
  afterEach(async () => {
    for (const display of displays) display.close();
    await frames.close();
  });

  function display(id = 's', options: ConstructorParameters<typeof TestDisplay>[2] = {}): TestDisplay {
    const one = new TestDisplay(frames.url, id, options);
    displays.push(one);
    return one;
  }

  /** A display that has its first picture. */
  async function watching(id = 's', options: ConstructorParameters<typeof TestDisplay>[2] = {}): Promise<TestDisplay> {
    const one = display(id, options);
    expect(await one.join()).toEqual({ ok: true });
    await one.until(() => one.screen.frames.length > 0);
    return one;
  }

  let tick = 0;
  let tries = 0;
  /** Writes a level as ingest does. */
  function level(key: string, value: number) {
    return open.state.apply(
      'water',
      batch({ readings: [reading({ typeKey: `reservoir/${key}`, value, at: Date.now() - 60_000 + tick++ })] }),
    );
  }
  const shown = (one: TestDisplay, view: number) => one.screen.rows(view).map(({ value }) => value);

  it('a display gets a snapshot when it joins, then what changes', async () => {
    const one = await watching();
    const [snapshot] = one.screen.snapshots;
    expect(snapshot).toMatchObject({ v: PROTOCOL_VERSION, scene: 's', epoch: 'e1', demo: true });
    expect(shown(one, 0)).toEqual([430, null, null]);
    expect(one.screen.rows(4).at(-1)).toMatchObject({ last: 430, count: 1 });
    await level('b', 441.25);
    await one.until(() => shown(one, 1)[0] === 441.25);
    expect(shown(one, 0)).toEqual([430, 441.25, null]);
    expect(one.screen.snapshots).toHaveLength(1);
  });

  it('occurrences come masked', async () => {
    const one = await watching();
    await open.state.apply(
      'urban',
      batch({
        occurrences: [
          {
            occurrence: occurrence({ id: 'c1', fields: { reporter: '13812345678', text: '漫水' } }),
            feed: 'case',
            create: true,
          },
        ],
      }),
    );
    await one.until(() => one.screen.rows(3).length === 1);
    expect(one.screen.rows(3)[0]).toMatchObject({ id: 'c1', fields: { reporter: '138****5678', text: '漫水' } });
    expect(Buffer.concat(one.raw).includes('13812345678')).toBe(false);
  });

  describe('[PR22] visitors', () => {
    const SECRET = asset('video/camera/50023108', { name: '县医院急诊门前', attributes: { access: 'private' } });
    const ROAD = asset('video/camera/50023101', { name: '南阳路口', attributes: { access: 'public' } });
    const WORDS = ['50023108', '县医院急诊门前'];
    const guide = { user: 'guide', roles: ['guide' as const], grants: [], expiresAt: Number.MAX_SAFE_INTEGER };
    const MOST: ViewSpec = { kind: 'aggregate', of: 'video/camera/bitrate', fn: 'max' };
    const CAMERAS: ViewSpec[] = [
      { kind: 'latest', type: 'video/camera', metrics: ['state', 'bitrate'] },
      { kind: 'rank', of: 'video/camera/bitrate', order: 'desc', limit: 5 },
      MOST,
      { kind: 'layer', of: 'video/camera/bitrate' },
      { kind: 'matrix', type: 'video/camera', metric: 'bitrate', window: 3_600_000, step: 60_000 },
      { kind: 'list', systems: ['video'], limit: 5 },
      { kind: 'notices' },
      { kind: 'series', asset: SECRET.id, metric: 'bitrate', window: 3_600_000, step: 60_000 },
    ];

    beforeEach(() => {
      packs.replace(
        [
          water([scene('t', [HIGHEST])]),
          pack('video', { assets: [SECRET, ROAD], scenes: [scene('video', CAMERAS), scene('most', [MOST])] }),
        ],
        ['urban'],
      );
    });

    /** As ingest does it: values of both cameras, and an occurrence at each. */
    function tell(bitrate: number) {
      const at = Date.now() - 60_000 + tick++;
      const keys = ['50023108', '50023101'];
      return open.state.apply(
        'video',
        batch({
          readings: keys.flatMap((key, index) => [
            reading({ typeKey: `camera/${key}`, metric: 'bitrate', value: bitrate - index, at }),
            reading({ typeKey: `camera/${key}`, metric: 'state', value: 'online', at }),
          ]),
          occurrences: keys.map((key) => ({
            occurrence: occurrence({
              id: `crowd-${bitrate}-${key.slice(-1)}`,
              system: 'video',
              asset: `video/camera/${key}`,
            }),
            feed: 'crowd',
            create: true,
          })),
        }),
      );
    }
    const bytes = (one: TestDisplay) => Buffer.concat(one.raw);
    const names = (one: TestDisplay) => WORDS.filter((word) => bytes(one).includes(word));
    const maximum = (one: TestDisplay) => one.screen.rows(2)[0]?.value;

    it('never get a private asset’s name or id, by no kind of view, first or later; staff do', async () => {
      await tell(2_000);
      frames.notices.raise('pack-refused', { subject: 'x', text: { zh: `${SECRET.name} 重名`, en: 'twice' } });
      const [staff, visitors] = [display('video'), display('video')];
      expect(await staff.join()).toEqual({ ok: true });
      expect(await visitors.join({ audience: 'visitors' })).toEqual({ ok: true });
      for (const one of [staff, visitors]) await one.until(() => one.screen.snapshots.length > 0);
      await tell(3_000);
      await staff.until(() => maximum(staff) === 3_000);
      await visitors.until(() => maximum(visitors) === 2_999);
      // [PR17] a frame more: whatever of the change was to come has come
      const seen = visitors.screen.frames.length;
      await visitors.until(() => visitors.screen.frames.length > seen);

      expect(names(staff)).toEqual(WORDS);
      expect(names(visitors)).toEqual([]);
      expect(bytes(visitors).includes(ROAD.name)).toBe(true);
      expect(visitors.screen.snapshots[0]).toMatchObject({ mode: 'tour', scene: 'video' });
      expect(staff.screen.snapshots[0]?.mode).toBe('live');
      expect(visitors.screen.snapshots[0]?.layout.panels).toHaveLength(CAMERAS.length - 1);
      expect(visitors.screen.rows(5).map(({ asset: at }) => at)).toEqual([ROAD.id, ROAD.id]);
      expect(frames.displays.all().map(({ scene: id, stream }) => [id, stream])).toEqual([
        ['video', 'video'],
        ['video', 'video@visitors'],
      ]);
    });

    it('are whoever has a guide’s session, whatever the display asks for', async () => {
      await frames.close();
      frames = await openFrames(open, packs, { epoch: 'e4', demo: false, session: guide });
      await tell(2_000);
      const one = display('video', { headers: { authorization: 'Bearer guide' } });
      expect(await one.join({ audience: 'staff' })).toEqual({ ok: true });
      await one.until(() => maximum(one) === 1_999);
      expect(names(one)).toEqual([]);
    });

    it('are sent a frame that is encoded once for all of them', async () => {
      await tell(2_000);
      const all = [display('most'), display('most')];
      for (const one of all) {
        await one.join({ audience: 'visitors' });
        await one.until(() => one.screen.snapshots.length > 0);
      }
      const [staff, visitors] = [frames.frames.boards.staff, frames.frames.boards.visitors];
      expect([staff.size, visitors.size]).toEqual([0, 1]);
      const before = visitors.counts.encodings;
      await tell(3_000);
      for (const one of all) await one.until(() => one.screen.rows(0)[0]?.value === 2_999);
      expect(visitors.counts.encodings).toBe(before + 1);
    });

    it('[PR16] what staff were sent is no base for them', async () => {
      await tell(2_000);
      const one = display('video');
      await one.join();
      await one.until(() => one.screen.snapshots.length === 1);
      expect(await one.join({ audience: 'visitors' })).toEqual({ ok: true });
      await one.until(() => one.screen.snapshots.length === 2);
      expect(one.screen.snapshots.map(({ epoch }) => epoch)).toEqual(['e1', 'e1@visitors']);
    });
  });

  it('[PR13] a lost frame is asked for and comes as a snapshot', async () => {
    const one = await watching();
    one.deaf = true;
    one.lose = 1;
    await level('b', 441);
    await one.until(() => one.lose === 0);
    // A resync just after a snapshot waits its turn; the display asks again, as its reader tells it to.
    const asking = setInterval(() => one.socket.emit(EVENTS.resync), 100);
    await one.until(() => one.raw.at(-1)?.[1] === 0);
    clearInterval(asking);
    one.screen.take(one.raw.at(-1) as Uint8Array);
    one.deaf = false;
    expect(one.screen.snapshots).toHaveLength(2);
    expect(shown(one, 0)).toEqual([430, 441, null]);
    await level('c', 442);
    await one.until(() => shown(one, 1)[0] === 442);
  });

  it('two scenes share a view: it is evaluated and encoded once', async () => {
    const one = await watching('t');
    await one.until(() => one.screen.frames.length > 2);
    packs.replace([water([scene('t', [HIGHEST]), scene('u', [HIGHEST])]), pack('urban')], []);
    const other = await watching('u');
    // and the two of the header, which every scene has
    expect(frames.frames.boards.staff.size).toBe(3);
    const before = { ...frames.frames.boards.staff.counts };
    await level('a', 450);
    await Promise.all([one, other].map((each) => each.until(() => shown(each, 0)[0] === 450)));
    expect(frames.frames.boards.staff.counts.encodings).toBe(before.encodings + 1);
  });

  it('[PR16] a display that comes back with the newest frame gets no snapshot', async () => {
    await watching('t');
    const two = display('t');
    two.deaf = true;
    await two.until(() => two.socket.connected);
    // The stream may have gone on by a heartbeat before the request arrives; then the next try finds it.
    do {
      two.raw.length = 0;
      const have = { epoch: 'e1', seq: frames.frames.streamOf('t')?.seq };
      const reply = await two.socket.emitWithAck(EVENTS.join, { v: PROTOCOL_VERSION, scene: 't', have });
      expect(reply).toEqual({ ok: true });
      await two.until(() => two.raw.length > 0);
    } while (two.raw[0]?.[1] === 0 && tries++ < 3);
    expect(two.raw[0]?.[1]).toBe(1);
  });

  it('[PR14] after a restart of the server the epoch is another and a snapshot comes', async () => {
    const one = await watching('s', { reconnect: true });
    one.socket.on('connect', () => void one.join());
    const { port } = frames;
    await frames.close();
    await one.until(() => one.closes.includes('shutdown'));
    await level('c', 460);
    one.socket.connect();
    frames = await openFrames(open, packs, { epoch: 'e2', port });
    await one.until(() => one.screen.snapshots.length === 2);
    expect(one.screen.snapshots[1]?.epoch).toBe('e2');
    expect(shown(one, 0)).toEqual([430, null, 460]);
  });

  it('[PR20] a display that does not read is skipped; the others go on; later it gets a snapshot', async () => {
    const healthy = await watching('t');
    const slow = await watching('t');
    healthy.deaf = true;
    slow.deaf = true;
    const stream = (slow.socket.io.engine.transport as unknown as { ws: { _socket: import('node:net').Socket } }).ws;
    stream._socket.pause();
    const big = new Uint8Array(1024 * 1024);
    const isSlow = () => frames.displays.all().some((each) => each.slow);
    for (let i = 0; i < 200 && !isSlow(); i++) {
      const before = healthy.raw.length;
      frames.gateway.send('t', big, 'delta');
      await healthy.until(() => healthy.raw.length > before);
    }
    expect(frames.displays.all().map((each) => each.slow)).toEqual([false, true]);
    const before = healthy.raw.length;
    for (let i = 0; i < 20; i++) frames.gateway.send('t', new Uint8Array(10), 'delta');
    await healthy.until(() => healthy.raw.length >= before + 20);
    expect(frames.displays.all()[1]?.skipped).toBeGreaterThanOrEqual(20);
    expect(await frames.meters.text()).toMatch(/citywall_frames_skipped_total\{scene="t"\} \d+/);

    stream._socket.resume();
    await slow.until(
      () => slow.raw.length > 2 && slow.raw.at(-1)?.[1] === 0 && (slow.raw.at(-1)?.length ?? 0) < 10_000,
    );
    expect(frames.displays.all().map((each) => each.slow)).toEqual([false, false]);
  });

  it('Redis dies and comes back: the screen says so, keeps its values, then goes on', async () => {
    const one = await watching();
    await level('a', 431);
    await one.until(() => shown(one, 0)[0] === 431);
    const killed = Date.now();
    await open.service.kill();
    await one.until(() => one.screen.rows(2).some(({ reason }) => reason === 'redis-gone'));
    expect(Date.now() - killed).toBeLessThan(5_000);
    expect(shown(one, 0)).toEqual([431, null, null]);
    await open.service.restart();
    await one.until(() => one.screen.rows(2).length === 0);
    await level('b', 470);
    await one.until(() => shown(one, 1)[0] === 470);
  });

  it('tells what displays rendered, and the time', async () => {
    const one = await watching();
    const report = { scene: 's', seq: 4, fps: 59.5, errors: 0 };
    one.socket.emit(EVENTS.rendered, { ...report, junk: 'x'.repeat(100) });
    const clock = (await one.socket.emitWithAck(EVENTS.clock)) as { at: number };
    expect(Math.abs(clock.at - Date.now())).toBeLessThan(5_000);
    expect(frames.displays.all()).toMatchObject([{ scene: 's', rendered: report, slow: false, address: '127.0.0.1' }]);
    expect(await frames.meters.text()).toMatch(/citywall_displays\{scene="s"\} 1/);
    one.close();
    await one.until(() => !one.socket.connected);
  });

  it('[PR18] refuses another version, an unknown scene and what is no request', async () => {
    const one = display();
    expect(await one.join({ v: PROTOCOL_VERSION + 1 })).toEqual({ ok: false, reason: 'version' });
    expect(await one.join({ scene: 'nowhere' })).toEqual({ ok: false, reason: 'unknown-scene' });
    expect(await one.socket.emitWithAck(EVENTS.join, '__proto__')).toEqual({ ok: false, reason: 'unknown-scene' });
    expect(await one.socket.emitWithAck(EVENTS.join, null)).toEqual({ ok: false, reason: 'unknown-scene' });
    one.socket.emit(EVENTS.rendered, { scene: 7 });
    one.socket.emit(EVENTS.resync, { any: 'thing' });
    expect(await one.join()).toEqual({ ok: true });
    await one.until(() => one.screen.snapshots.length === 1);
  });

  it('a display moves from one scene to another on the same connection', async () => {
    const one = await watching('t');
    one.deaf = true;
    expect(await one.socket.emitWithAck(EVENTS.join, { v: PROTOCOL_VERSION, scene: 's' })).toEqual({ ok: true });
    await one.until(() => Buffer.from(one.raw.at(-1) ?? []).includes('reservoir/a'));
    expect(frames.displays.all()).toMatchObject([{ scene: 's' }]);
    expect(await frames.meters.text()).toMatch(/citywall_displays\{scene="t"\} 0/);
  });

  it('a scene that is gone is told to its displays', async () => {
    const one = await watching('s');
    packs.replace([water([scene('t', [HIGHEST])]), pack('urban')], ['water']);
    await one.until(() => one.closes.length > 0);
    expect(one.closes).toEqual(['unknown-scene']);
    expect(await one.join()).toEqual({ ok: false, reason: 'unknown-scene' });
  });

  it('a foreign host does not get in, nor does anybody without a session where demo mode is off', async () => {
    const evil = display('s', { headers: { host: 'evil.example' } });
    const refused = new Promise((resolve) => evil.socket.once('connect_error', resolve));
    expect(String(await refused)).toMatch(/websocket error/);

    const origin = display('s', { headers: { origin: 'https://evil.example' } });
    const alsoRefused = new Promise((resolve) => origin.socket.once('connect_error', resolve));
    expect(String(await alsoRefused)).toMatch(/websocket error/);

    await frames.close();
    frames = await openFrames(open, packs, { epoch: 'e3', demo: false });
    expect(await display().join()).toEqual({ ok: false, reason: 'unauthorized' });
  });
});
