import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { citywall } from '../cli/surroundings.js';
import { Lab, rounds } from './fakes.js';

const DAY = 86_400_000;

/** Three days of four lines. */
describe('citywall archive verify', () => {
  let lab: Lab;
  let folder: string;
  beforeEach(async () => {
    lab = new Lab();
    folder = join(lab.directory, 'occurrences', 'water');
    for (let i = 0; i < 12; i++) lab.stream.add(lab.now + Math.floor(i / 4) * DAY + i, `第 ${i} 条\u2028`);
    await rounds(await lab.archive());
  });
  afterEach(() => lab.remove());

  const verify = () => citywall(['archive', 'verify', '--dir', lab.directory]);
  const names = () => readdirSync(folder).sort();
  const read = (name: string) => {
    const bytes = readFileSync(join(folder, name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n').slice(0, -1);
  };
  const write = (name: string, lines: string[]) => {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  };

  it('says lines, days, first and last of a chain that holds', async () => {
    const { code, out } = await verify();
    expect(out).toMatch(
      /^occurrences\/water: chain ok, 12 lines, 3 days, 2026-07-09 to 2026-07-11, lines 1 to 12, last hash [0-9a-f]{64}$/,
    );
    expect(code).toBe(0);
  });

  it('finds any line changed, removed, doubled or put elsewhere, with its place', async () => {
    let tried = 0;
    for (const name of names()) {
      const lines = read(name);
      for (let i = 0; i < lines.length; i++) {
        const isLastOfAll = name === names().at(-1) && i === lines.length - 1;
        const line = lines[i] ?? '';
        const raw = /"raw":\["[^"]*","(.)/.exec(line);
        const at = (raw?.index ?? 0) + (raw?.[0].length ?? 0) - 1;
        const changed = `${line.slice(0, at)}${line[at] === 'A' ? 'B' : 'A'}${line.slice(at + 1)}`;
        const versions: string[][] = [
          lines.with(i, changed),
          lines.with(
            i,
            line.replace(/.(?="\}$)/, (digit) => (digit === '0' ? '1' : '0')),
          ),
          lines.toSpliced(i, 0, line),
        ];
        if (!isLastOfAll) versions.push(lines.toSpliced(i, 1));
        if (i > 0) versions.push(lines.with(i, lines[i - 1] ?? '').with(i - 1, line));
        for (const version of versions) {
          write(name, version);
          const { code, out } = await verify();
          expect([name, i, code]).toEqual([name, i, 1]);
          expect(out).toMatch(/^\S+\/occurrences\/water\/2026-07-\d\d\.ndjson(\.gz)?:\d+: /);
          tried += 1;
        }
        write(name, lines);
      }
    }
    expect(tried).toBe(12 * 4 - 1 + 9);
    expect((await verify()).code).toBe(0);
  });

  it('names the line that was changed', async () => {
    const name = names()[1] ?? '';
    const lines = read(name);
    write(name, lines.with(2, (lines[2] ?? '').replace('"n":7', '"n":7 ')));
    expect((await verify()).out).toContain(`${join(folder, name)}:3: `);
  });

  it('finds days exchanged', async () => {
    const [first = '', second = ''] = names();
    renameSync(join(folder, first), join(folder, 'x'));
    renameSync(join(folder, second), join(folder, first));
    renameSync(join(folder, 'x'), join(folder, second));
    expect((await verify()).code).toBe(1);
  });

  it('finds a compressed file that is damaged', async () => {
    const path = join(folder, names()[0] ?? '');
    writeFileSync(path, readFileSync(path).subarray(0, -10));
    const { code, out } = await verify();
    expect(out).toContain('cannot be read');
    expect(code).toBe(1);
  });

  it('does not take the line that is being written for a break', async () => {
    const name = names().at(-1) ?? '';
    const text = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), Buffer.concat([text, Buffer.from('{"n":13,"at":"2026')]));
    expect(await verify()).toMatchObject({ code: 0, out: expect.stringContaining('12 lines') });
  });

  it('takes the folder of the environment, and says when there is none', async () => {
    const found = await citywall(['archive', 'verify'], { CITYWALL_DATA_DIR: '/nowhere' });
    expect(found).toMatchObject({ code: 1, err: expect.stringContaining('/nowhere/archive cannot be read') });
    expect((await citywall(['archive'])).code).toBe(2);
  });
});
