import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import bundle, { compiled, places, silent, withoutTables } from '../../../../apps/server/rolldown.config.mjs';

const DIST = join(import.meta.dirname, '../../../../apps/server/dist');
const moved = (code: string, id: string) => places.transform(code, id)?.code;

describe('a module in the bundle', () => {
  it('finds what stands beside it where it stood before', () => {
    const lua = "readFileSync(new URL('./begin.lua', import.meta.url))";
    expect(moved(lua, join(DIST, 'state/scripts.js'))).toBe(
      `readFileSync(new URL('./begin.lua', __place("../state/scripts.js").href))`,
    );
  });

  it('of a package knows its folder and its file', () => {
    const id = join(DIST, '../../../node_modules/any/lib/index.js');
    expect(moved('join(__dirname, "x"); load(__filename)', id)).toBe(
      'join(decodeURIComponent(__place("../../../../node_modules/any/lib").pathname), "x"); ' +
        'load(decodeURIComponent(__place("../../../../node_modules/any/lib/index.js").pathname))',
    );
  });

  it('that asks for no place stays as it is, and so does what the bundler adds', () => {
    expect(places.transform('export const metadata = 1;', join(DIST, 'app.js'))).toBeNull();
    expect(places.transform('use(import.meta.url)', '\0rolldown/runtime.js')).toBeNull();
  });
});

describe('the parser of MQTT', () => {
  const parser = join(DIST, '../../../node_modules/mqtt-packet/parser.js');

  it('as it is installed calls a debugging that does nothing', () => {
    const code = readFileSync(parser, 'utf8');
    expect(code).toContain("require('debug')");
    expect(silent.transform(code, parser)?.code).not.toContain("require('debug')");
    expect(silent.transform(code, parser)?.code).toContain('const debug = () => {}');
  });

  it('is the one module that this changes', () => {
    expect(silent.transform("require('debug')('mqtt-packet:parser')", join(DIST, 'app.js'))).toBeNull();
  });
});

describe('tables of encodings', () => {
  const encodings = join(DIST, '../../../node_modules/raw-body/node_modules/iconv-lite/encodings');

  it('are left out as they are installed, each with an error for who asks for it', () => {
    for (const name of readdirSync(join(encodings, 'tables'))) {
      expect(withoutTables.load(join(encodings, 'tables', name))?.code).toMatch(/^throw new Error\(/);
    }
  });

  it('are the only modules that this leaves out', () => {
    expect(withoutTables.load(join(encodings, 'utf16.js'))).toBeNull();
    expect(withoutTables.load(join(DIST, 'any/tables/one.json'))).toBeNull();
  });
});

describe('the sources of the bundle', () => {
  const dir = mkdtempSync(join(tmpdir(), 'citywall-unit-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('come with the map that the compiler wrote, where there is one', () => {
    writeFileSync(join(dir, 'a.js'), 'one();');
    writeFileSync(join(dir, 'a.js.map'), '{"version":3,"sources":["a.ts"],"names":[],"mappings":""}');
    expect(compiled.load(join(dir, 'a.js'))).toMatchObject({ code: 'one();', map: { sources: ['a.ts'] } });
    writeFileSync(join(dir, 'b.js'), 'two();');
    expect(compiled.load(join(dir, 'b.js'))).toBeNull();
  });
});

describe('packages', () => {
  it.each(['argon2', 'msgpackr-extract', 'swagger-ui-dist', 'reflect-metadata', '@nestjs/microservices', 'bufferutil'])(
    '%s stays outside',
    (id) => expect(bundle.external(id)).toBe(true),
  );
  it.each(['@nestjs/core', '@citywall/model', 'mqtt', './app.js'])('%s is taken in', (id) =>
    expect(bundle.external(id)).toBe(false),
  );
});
