import { videoOptions } from '@citywall/pack-schema/panels';
import { stateOf, type ValueRow } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { LoadGate } from '../../../../../../apps/wall/src/panels/video/loadGate.js';
import { matrixOf } from '../../../../../../apps/wall/src/panels/video/matrix.js';
import { streamUrl, tilesOf } from '../../../../../../apps/wall/src/panels/video/option.js';
import { videoSettings } from '../../../../../../apps/wall/src/panels/video/panel.js';
import { RESTING, type TileState } from '../../../../../../apps/wall/src/panels/video/tileState.js';
import { noteOf } from '../../../../../../apps/wall/src/panels/video/words.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const settings = videoSettings(
  videoOptions.parse({
    state: { metric: 'state', online: ['online'], words: { lost: { zh: '视频丢失', en: 'Video lost' } } },
  }),
);
const row = (
  key: string,
  value: string | null,
  attributes: ValueRow['attributes'] = {},
  more: Partial<ValueRow> = {},
): ValueRow => ({
  asset: `video/camera/${key}`,
  name: key,
  metric: 'state',
  value,
  at: NOW - 5_000,
  receivedAt: NOW,
  quality: 'good',
  origin: 'simulated',
  feed: 'diagnosis',
  staleAfter: 60_000,
  attributes: { stream: '/video/{key}/{stream}.m3u8', access: 'public', ...attributes },
  ...more,
});
const tiles = (list: ValueRow[]) =>
  tilesOf(stateOf(list.map((item) => [`${item.asset}|${item.metric}`, item])), settings, NOW, 'zh');

describe('tiles', () => {
  it('are the cameras in the order of the view, by their state metric', () => {
    const shown = tiles([row('b', 'online'), row('a', 'online'), row('a', 'normal', {}, { metric: 'picture' })]);
    expect(shown.map(({ id }) => id)).toEqual(['video/camera/b', 'video/camera/a']);
  });

  it('a fresh word of the platform that there is no picture counts; an old one does not', () => {
    expect(tiles([row('a', 'lost')])[0]?.reportedOff).toBe('视频丢失');
    expect(tiles([row('a', 'lost', {}, { at: NOW - 61_000 })])[0]?.reportedOff).toBeNull();
    expect(tiles([row('a', null)])[0]?.reportedOff).toBeNull();
  });

  it('fill the template; keys with slashes stay one segment', () => {
    expect(tiles([row('hall/1', 'online')])[0]?.stream).toBe('/video/hall%2F1/{stream}.m3u8');
    expect(streamUrl('/video/x/{stream}.m3u8', 'sub', 'http://wall/display')).toBe('http://wall/video/x/sub.m3u8');
  });

  it.each(['', 'rtsp://cam/1', 'javascript:alert(1)', 'https://user:secret@cam/1.m3u8', 'http://['])(
    'have no stream where the template is %p',
    (stream) => {
      expect(tiles([row('a', 'online', { stream })])[0]?.stream).toBeNull();
    },
  );
});

describe('what lies over a picture', () => {
  const words = { age: (ms: number) => `${ms / 1000} 秒`, clock: () => '14:47:38' };
  const note = (state: Partial<TileState>, more = {}, camera = row('a', 'online')) =>
    noteOf(tiles([camera])[0]!, { ...RESTING, ...state }, { replay: false, kept: false, now: NOW, ...more }, words);

  it('nothing while it is live; the seconds and the warning while it is frozen', () => {
    expect(note({ phase: 'live' })).toBeNull();
    expect(note({ phase: 'frozen', since: NOW - 42_000 })).toEqual({
      kind: 'broken',
      head: ['video.frozen', { age: '42 秒' }],
      detail: ['video.doNotJudge', {}],
    });
  });

  it('a kept picture says how old it is, a lost one when it was last seen', () => {
    expect(note({ phase: 'resting', pictureAt: NOW - 9_000 }, { kept: true })?.head).toEqual([
      'video.resting',
      { age: '9 秒' },
    ]);
    expect(note({ phase: 'offline', since: NOW - 60_000, pictureAt: NOW - 70_000 })?.detail).toEqual([
      'video.last',
      { time: '14:47:38' },
    ]);
  });

  it('no source is said as such, and a replay shows no street of today', () => {
    expect(note({ phase: 'none' })).toMatchObject({ head: ['video.none', {}], detail: ['video.notServed', {}] });
    expect(note({ phase: 'none', pictureAt: NOW })?.detail?.[0]).toBe('video.last');
    expect(note({}, {}, row('a', 'online', { stream: null }))?.detail?.[0]).toBe('video.noStream');
    expect(note({ phase: 'live' }, { replay: true })?.head[0]).toBe('video.replay');
    expect(note({ phase: 'live' }, {}, row('a', 'lost'))?.head).toEqual(['video.reported', { state: '视频丢失' }]);
  });
});

describe('matrix', () => {
  it('finds five by four with a large tile at 16:9, eight by three on a 32:9 wall, two by two near an incident', () => {
    expect(matrixOf(16, 1376, 620, 8, true)).toMatchObject({ columns: 5, rows: 4, focus: 2, free: 1 });
    expect(matrixOf(16, 2806, 620, 8, true)).toMatchObject({ columns: 8, rows: 3, focus: 3, free: 0 });
    expect(matrixOf(4, 410, 240, 8, false)).toMatchObject({ columns: 2, rows: 2, focus: 1, free: 0 });
    expect(matrixOf(1, 400, 300, 8, true)).toMatchObject({ columns: 1, rows: 1, focus: 1 });
  });

  it.each([[1], [2], [5], [9], [16], [40]])('has a cell for each of %d, whatever the box', (tiles) => {
    for (const [width, height] of [
      [300, 1200],
      [1376, 620],
      [5000, 300],
      [0, 0],
    ] as const) {
      for (const focus of [true, false]) {
        const { columns, rows, focus: span, free } = matrixOf(tiles, width, height, 8, focus);
        expect(columns * rows - free).toBe(tiles - 1 + span * span);
        expect(free).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

describe('requests to one server', () => {
  it('wait in order for a place; a withdrawn one takes none', () => {
    const gate = new LoadGate(2);
    const begun: string[] = [];
    const [a, , c] = ['a', 'b', 'c', 'd'].map((name) => gate.enter('http://cam', () => begun.push(name)));
    gate.enter('http://other', () => begun.push('other'));
    expect(begun).toEqual(['a', 'b', 'other']);
    c!();
    c!();
    a!();
    a!();
    expect(begun).toEqual(['a', 'b', 'other', 'd']);
    expect(gate.underWay('http://cam')).toBe(2);
  });
});
