/**
 * The built server and wall: compiled when their sources differ from those of the last build.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Stop } from './messages.mjs';
import { run } from './programs.mjs';

const SKIPPED = new Set(['node_modules', 'dist', 'coverage']);

/**
 * All files below a file or folder, in a fixed order, without what a build or an install writes.
 * @param {string} path
 * @returns {string[]}
 */
export function filesBelow(path) {
  if (!existsSync(path)) return [];
  /** @type {string[]} */
  const found = [];
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (SKIPPED.has(entry.name)) continue;
    const file = join(path, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(file));
    else if (entry.isFile()) found.push(file);
  }
  return found;
}

/**
 * @param {string} root paths are hashed relative to it, so that a moved checkout stays current
 * @param {readonly string[]} files
 * @returns {string} SHA-256 over names and contents
 */
export function hashFiles(root, files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} product a file that a finished build leaves
 * @property {(root: string) => string[]} sources
 * @property {(root: string, signal?: AbortSignal) => Promise<void>} build
 */

const shared = (/** @type {string} */ root) => [
  join(root, 'package-lock.json'),
  join(root, 'tsconfig.json'),
  join(root, 'tsconfig.base.json'),
  ...readdirSync(join(root, 'libs'), { withFileTypes: true })
    .filter((entry) => existsSync(join(root, 'libs', entry.name, 'package.json')))
    .flatMap((entry) => filesBelow(join(root, 'libs', entry.name))),
];

/** @type {readonly Part[]} */
export const PARTS = [
  {
    name: 'server',
    product: 'apps/server/dist/bundle/main.js',
    sources: (root) => [...shared(root), ...filesBelow(join(root, 'apps/server'))],
    async build(root, signal) {
      // The compiler keeps its own record of what it wrote, and does not see that somebody removed it.
      const again = existsSync(join(root, 'apps/server/dist/main.js')) ? [] : ['--force'];
      await tool(root, 'typescript/bin/tsc', ['-b', ...again], signal);
      copyLua(root);
      await tool(root, 'rolldown/bin/cli.mjs', ['-c', 'apps/server/rolldown.config.mjs'], signal);
    },
  },
  {
    name: 'wall',
    product: 'apps/wall/dist/index.html',
    sources: (root) => [...shared(root), ...filesBelow(join(root, 'apps/wall'))],
    build: (root, signal) => tool(root, 'vite/bin/vite.js', ['build', join(root, 'apps/wall')], signal),
  },
];

/** @param {string} root @param {string} script @param {string[]} args @param {AbortSignal} [signal] */
async function tool(root, script, args, signal) {
  const { code, output } = await run(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    ...(signal ? { signal } : {}),
  });
  if (code !== 0) {
    throw new Stop(
      'build-failed',
      `${script} ended with ${code}:\n${output.trimEnd()}`,
      'Undo or repair the change that it names (git status), then run the command again.',
    );
  }
}

/**
 * Lua stands in its own files beside the code that runs it; the compiler copies only TypeScript.
 * @param {string} root
 */
function copyLua(root) {
  const from = join(root, 'apps/server/src');
  for (const file of filesBelow(from).filter((name) => name.endsWith('.lua'))) {
    const target = join(root, 'apps/server/dist', relative(from, file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
}

/**
 * @param {string} root
 * @param {readonly string[]} [only] names of parts; default: all
 * @param {boolean} [force] all of them, changed or not
 * @returns {(Part & { hash: string })[]} the parts whose sources differ from those of their last build
 */
export function partsToBuild(root, only = PARTS.map(({ name }) => name), force = false) {
  return PARTS.filter(({ name }) => only.includes(name))
    .map((part) => ({ ...part, hash: hashFiles(root, part.sources(root)) }))
    .filter((part) => force || !existsSync(join(root, part.product)) || stampOf(root, part.name) !== part.hash);
}

/**
 * Builds the parts whose sources changed, side by side.
 * @param {string} root
 * @param {object} [options]
 * @param {readonly string[]} [options.only]
 * @param {boolean} [options.force]
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<string[]>} names of the parts that were built
 */
export async function build(root, { only, force, signal } = {}) {
  const stale = partsToBuild(root, only, force);
  mkdirSync(join(root, '.build'), { recursive: true });
  const results = await Promise.allSettled(
    stale.map(async (part) => {
      rmSync(stampFile(root, part.name), { force: true });
      await part.build(root, signal);
      writeFileSync(stampFile(root, part.name), JSON.stringify({ hash: part.hash }));
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return stale.map((part) => part.name);
}

/** @param {string} root @param {string} name */
const stampFile = (root, name) => join(root, '.build', `${name}.json`);

/** @param {string} root @param {string} name @returns {string | undefined} */
function stampOf(root, name) {
  try {
    return JSON.parse(readFileSync(stampFile(root, name), 'utf8')).hash;
  } catch {
    return undefined;
  }
}
