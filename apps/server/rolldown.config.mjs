/**
 * The bundle that runs in production: the compiled server and its command line, each with the packages it uses, in a few
 * files instead of some 1,500, of which each costs its file operations at every start. It is made of what the compiler
 * wrote, for only there are the types that Nest reads at run time.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const DIST = join(import.meta.dirname, 'dist');
const OUT = join(DIST, 'bundle');

/**
 * Taken from node_modules at run time: programs made for one machine, files that are served, and what has to be there
 * before the first class is decorated.
 */
const BESIDE = new Set(['argon2', 'msgpackr-extract', 'swagger-ui-dist', 'reflect-metadata']);

/** What packages ask for and do without. */
const ABSENT =
  /^(@nestjs\/(microservices|platform-fastify)|@fastify\/|class-(transformer|validator)|bufferutil|utf-8-validate)/;

/** Every module keeps its own place: ours reads its Lua from beside it, packages resolve and read from where they are. */
const PLACE = 'const __place = (path) => new URL(path, import.meta.url);';
export const places = {
  name: 'places',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    if (!/\bimport\.meta\.url\b|\b__(dir|file)name\b/.test(code) || id.startsWith('\0')) return null;
    const place = (/** @type {string} */ path) =>
      `__place(${JSON.stringify(relative(OUT, path).split(sep).join('/'))})`;
    const file = place(id);
    const folder = place(join(id, '..'));
    return {
      code: code
        .replace(/\bimport\.meta\.url\b/g, `${file}.href`)
        .replace(/\b__dirname\b/g, `decodeURIComponent(${folder}.pathname)`)
        .replace(/\b__filename\b/g, `decodeURIComponent(${file}.pathname)`),
      map: null,
    };
  },
};

/** The parser of MQTT calls its debugging some ten times a packet though nobody listens: 4 % of the time of ingest. */
export const silent = {
  name: 'silent',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    if (!id.endsWith(join('mqtt-packet', 'parser.js'))) return null;
    return { code: code.replace("require('debug')('mqtt-packet:parser')", '() => {}'), map: null };
  },
};

/**
 * Tables of East Asian encodings, two megabytes that nothing asks for: the body parser takes JSON in UTF alone. Without its
 * table an encoding does not exist, and whoever asks for it is told so.
 */
export const withoutTables = {
  name: 'without-tables',
  /** @param {string} id */
  load(id) {
    if (!/iconv-lite[\\/]encodings[\\/]tables[\\/][^\\/]+\.json$/.test(id)) return null;
    return { code: "throw new Error('The bundle has no tables of encodings.');", moduleType: 'js' };
  },
};

/** Stack traces lead to the TypeScript, not to what was made of it. */
export const compiled = {
  name: 'compiled',
  /** @param {string} id */
  load(id) {
    const map = `${id}.map`;
    if (id.includes(`${sep}node_modules${sep}`) || !existsSync(map)) return null;
    return { code: readFileSync(id, 'utf8'), map: JSON.parse(readFileSync(map, 'utf8')) };
  },
};

/** @satisfies {import('rolldown').RolldownOptions} */
export default {
  input: {
    main: join(DIST, 'main.js'),
    citywall: join(DIST, 'cli/main.js'),
    packs: join(DIST, 'packs/reading.worker.js'),
  },
  platform: 'node',
  external: (/** @type {string} */ id) => BESIDE.has(id) || ABSENT.test(id),
  plugins: [compiled, withoutTables, places, silent],
  output: {
    dir: OUT,
    cleanDir: true,
    format: 'esm',
    banner: PLACE,
    // Nest tells providers, controllers and modules apart by the names of their classes.
    keepNames: true,
    sourcemap: true,
    // The engine keeps the text of every module, in two bytes a character where one of them is not Latin.
    charset: 'ascii',
    comments: false,
  },
};
