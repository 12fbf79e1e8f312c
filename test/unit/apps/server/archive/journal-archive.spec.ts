import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LeaseLostError } from '../../../../../apps/server/src/archive/journal-archive.js';
import { FakeStream, Lab, rounds } from './fakes.js';

const DAY = 86_400_000;

describe('JournalArchive', () => {
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab();
  });
  afterEach(() => lab.remove());

  const folder = (journal = 'occurrences') => join(lab.directory, journal, 'water');
  const names = (journal?: string) => readdirSync(folder(journal)).sort();
  /** lines of all files, in order */
  const lines = (journal?: string) =>
    names(journal).flatMap((name) => {
      const bytes = readFileSync(join(folder(journal), name));
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    });
  const ids = () => lines().flatMap(({ id }) => (id === undefined ? [] : [id]));
  const all = () => lab.stream.entries.map(({ id }) => id);

  it('writes every entry once, in the order of the journal, readable by its owner only', async () => {
    lab.stream.batch = 3;
    for (let i = 0; i < 10; i++) lab.stream.add(lab.now + i);
    const archive = await lab.archive();
    await rounds(archive);
    lab.stream.add(lab.now + 50);
    await rounds(archive);
    await rounds(archive);
    expect(ids()).toEqual(all());
    expect(lines()[0]).toMatchObject({ n: 1, at: '2026-07-09T12:00:00.000+08:00', prev: '0'.repeat(64) });
    expect(lines()[10]).toMatchObject({ n: 11 });
    expect(await lab.verify()).toMatchObject({ break: null, lines: 11, days: 1, missing: 0 });
    expect(statSync(join(folder(), '2026-07-09.ndjson')).mode & 0o777).toBe(0o600);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(lab.told).toEqual([]);
  });

  it('rolls at midnight of Shanghai by the time of the entries, and compresses the day that is over', async () => {
    const midnight = Date.parse('2026-07-10T00:00:00+08:00');
    lab.stream.add(midnight - 2);
    lab.stream.add(midnight - 1);
    lab.stream.add(midnight);
    await rounds(await lab.archive());
    expect(names()).toEqual(['2026-07-09.ndjson.gz', '2026-07-10.ndjson']);
    expect(lines()[2].prev).toBe(lines()[1].hash);
    expect(statSync(join(folder(), '2026-07-09.ndjson.gz')).mode & 0o777).toBe(0o600);
    expect(await lab.verify()).toMatchObject({ break: null, lines: 3, days: 2 });
  });

  it('closes a day without waiting for an entry of the next, and none comes back to it', async () => {
    lab.stream.add(lab.now);
    const archive = await lab.archive();
    await rounds(archive);
    lab.now = Date.parse('2026-07-10T00:00:59+08:00');
    await rounds(archive);
    expect(names()).toEqual(['2026-07-09.ndjson']);
    lab.now = Date.parse('2026-07-10T00:01:01+08:00');
    await rounds(archive);
    expect(names()).toEqual(['2026-07-09.ndjson.gz']);
    lab.stream.add(Date.parse('2026-07-09T23:59:59+08:00'));
    await rounds(archive);
    expect(names()).toEqual(['2026-07-09.ndjson.gz', '2026-07-10.ndjson']);
    expect(await lab.verify()).toMatchObject({ break: null, lines: 2 });
  });

  it.each(['before', 'after'] as const)(
    'killed %s the position moved: every entry once all the same',
    async (moment) => {
      lab.stream.add(lab.now);
      await rounds(await lab.archive());
      lab.stream.add(lab.now + 1);
      lab.stream.add(lab.now + 2);
      lab.positions.fail = moment;
      await expect(rounds(await lab.archive())).rejects.toThrow('killed');
      lab.stream.add(lab.now + 3);
      await rounds(await lab.archive());
      expect(ids()).toEqual(all());
      expect(await lab.verify()).toMatchObject({ break: null, lines: 4 });
    },
  );

  it('keeps what was written and trimmed from the journal before the position moved', async () => {
    lab.stream.add(lab.now);
    await rounds(await lab.archive());
    const expected = [...all(), lab.stream.add(lab.now + 1)];
    lab.positions.fail = 'before';
    await expect(rounds(await lab.archive())).rejects.toThrow('killed');
    lab.stream.entries = [];
    expected.push(lab.stream.add(lab.now + 2));
    await rounds(await lab.archive());
    expect(ids()).toEqual(expected);
    expect(await lab.verify()).toMatchObject({ break: null, missing: 0 });
  });

  it('cuts a torn tail wherever it was torn, and writes it again', async () => {
    const path = () => join(folder(), '2026-07-09.ndjson');
    lab.stream.add(lab.now);
    await rounds(await lab.archive());
    const first = statSync(path()).size;
    lab.stream.add(lab.now + 1, '后'.repeat(20));
    lab.stream.add(lab.now + 2);
    lab.positions.fail = 'before';
    await expect(rounds(await lab.archive())).rejects.toThrow('killed');
    const whole = readFileSync(path());
    for (let size = whole.length - 1; size >= first; size -= 7) {
      truncateSync(path(), size);
      await lab.archive();
      expect(await lab.verify()).toMatchObject({ break: null });
      appendFileSync(path(), whole.subarray(statSync(path()).size, size));
    }
    await rounds(await lab.archive());
    expect(readFileSync(path())).toEqual(whole);
  });

  it('a day whose compression was cut short is compressed again', async () => {
    lab.stream.add(lab.now);
    await rounds(await lab.archive());
    appendFileSync(join(folder(), '2026-07-09.ndjson.gz'), 'half');
    appendFileSync(join(folder(), '2026-07-09.ndjson.gz.part'), 'half');
    lab.stream.add(lab.now + DAY);
    await rounds(await lab.archive());
    expect(names()).toEqual(['2026-07-09.ndjson.gz', '2026-07-10.ndjson']);
    expect(await lab.verify()).toMatchObject({ break: null, lines: 2 });
  });

  it('killed between closing a day and saying so', async () => {
    lab.stream.add(lab.now);
    const archive = await lab.archive();
    await rounds(archive);
    lab.now += DAY;
    lab.positions.fail = 'before';
    await expect(rounds(archive)).rejects.toThrow('killed');
    expect(names()).toEqual(['2026-07-09.ndjson.gz']);
    lab.stream.add(lab.now);
    await rounds(await lab.archive());
    expect(ids()).toEqual(all());
    expect(await lab.verify()).toMatchObject({ break: null, lines: 2, days: 2, missing: 0 });
  });

  it('tells what was trimmed before it was archived, once, with its number', async () => {
    lab.stream.add(lab.now);
    const archive = await lab.archive();
    await rounds(archive);
    for (let i = 1; i <= 9; i++) lab.stream.add(lab.now + i);
    lab.stream.entries = lab.stream.entries.slice(-3);
    await rounds(archive);
    await rounds(await lab.archive());
    expect(lines()[1]).toMatchObject({ n: 2, gap: { missing: 6, reason: 'trimmed', upTo: `${lab.now}-0` } });
    expect(lines()).toHaveLength(5);
    expect(lab.told).toEqual([expect.stringContaining('6 entries')]);
    lab.stream.add(lab.now + 20);
    lab.stream.entries = [];
    await rounds(await lab.archive());
    expect(lines().at(-1)).toMatchObject({ gap: { missing: 1 } });
    expect(await lab.verify()).toMatchObject({ break: null, missing: 7 });
  });

  it('tells an entry removed from the middle', async () => {
    for (let i = 0; i < 5; i++) lab.stream.add(lab.now + i);
    lab.stream.entries.splice(2, 1);
    await rounds(await lab.archive());
    expect(await lab.verify()).toMatchObject({ break: null, lines: 5, missing: 1 });
  });

  it('goes on after the files when Redis lost everything', async () => {
    lab.stream.add(lab.now);
    await rounds(await lab.archive());
    lab.positions.kept.clear();
    lab.stream = new FakeStream();
    lab.stream.add(lab.now + 1000);
    lab.stream.add(lab.now + 1001);
    await rounds(await lab.archive());
    expect(ids()).toEqual([`${lab.now}-0`, ...all()]);
    expect(await lab.verify()).toMatchObject({ break: null, lines: 3, missing: 0 });
  });

  it('tells a journal that begins before where it was', async () => {
    lab.stream.add(lab.now);
    const archive = await lab.archive();
    await rounds(archive);
    lab.stream = new FakeStream();
    lab.stream.add(lab.now - 5000);
    await rounds(await lab.archive());
    lab.stream.add(lab.now - 4000);
    await rounds(await lab.archive());
    expect(lines()[1]).toMatchObject({ gap: { reason: 'rewound', missing: null, upTo: `${lab.now - 5000}-0` } });
    expect(lines()[2]).toMatchObject({ id: `${lab.now - 4000}-0` });
    expect(await lab.verify()).toMatchObject({ break: null, lines: 3 });
  });

  it('lines removed from the end behind its back show as a break', async () => {
    for (let i = 0; i < 3; i++) lab.stream.add(lab.now + i);
    await rounds(await lab.archive());
    const path = join(folder(), '2026-07-09.ndjson');
    const [first = ''] = readFileSync(path, 'utf8').split('\n');
    truncateSync(path, first.length + 1);
    lab.stream.add(lab.now + 9);
    await rounds(await lab.archive());
    expect(lab.told).toEqual([expect.stringContaining('2026-07-09.ndjson')]);
    expect((await lab.verify()).break).toMatchObject({ line: 2, what: expect.stringContaining('line 2') });
  });

  it('never moves a position that another process has moved', async () => {
    lab.stream.add(lab.now);
    const slow = await lab.archive('occurrences', 'a');
    lab.positions.owner = null;
    await rounds(await lab.archive('occurrences', 'b'));
    await expect(slow.round()).rejects.toThrow(LeaseLostError);
    lab.positions.owner = null;
    lab.stream.add(lab.now + 1);
    await expect(slow.round()).rejects.toThrow(LeaseLostError);
    await rounds(await lab.archive('occurrences', 'b'));
    expect(ids()).toEqual(all());
    expect(await lab.verify()).toMatchObject({ break: null });
  });

  it('counts rejections beyond the bound of a day instead of keeping them', async () => {
    const archive = await lab.archive('rejections', 'a', { rejectionsADay: 500 });
    lab.stream.add(lab.now, 'x'.repeat(600));
    await rounds(archive);
    for (let i = 1; i <= 4; i++) lab.stream.add(lab.now + i);
    await rounds(archive);
    lab.stream.add(lab.now + DAY);
    await rounds(archive);
    expect(lines('rejections').map(({ n, gap }) => [n, gap?.missing])).toEqual([
      [1, undefined],
      [2, 4],
      [3, undefined],
    ]);
    expect(await lab.verify()).toMatchObject({ break: null, missing: 4 });
  });

  it('removes files that are older than half a year, and the chain of the rest holds', async () => {
    const archive = await lab.archive();
    for (const days of [0, 1, 190, 191]) {
      lab.now = Date.parse('2026-01-01T12:00:00+08:00') + days * DAY;
      lab.stream.add(lab.now);
      await rounds(archive);
    }
    expect(names()).toEqual(['2026-01-02.ndjson.gz', '2026-07-10.ndjson.gz', '2026-07-11.ndjson']);
    expect(await lab.verify()).toMatchObject({ break: null, firstN: 2, lastN: 4 });
    rmSync(join(folder(), '2026-07-10.ndjson.gz'));
    expect((await lab.verify()).break).toMatchObject({ line: 1 });
  });
});
