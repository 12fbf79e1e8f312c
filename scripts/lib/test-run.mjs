/**
 * The phases of `npm test`. A failed phase does not stop the later ones, so that one run shows all that is wrong; a phase
 * that cannot run has failed.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { installPackages, packagesCurrent } from './install.mjs';
import { explain, Stop, say, seconds, steadily } from './messages.mjs';
import { run } from './programs.mjs';
import { installTestPrograms } from './test-programs.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, '.build', 'test');
const MINUTE = 60_000;

/** As many test files at a time as there are cores; jest's own default leaves one of two idle. */
const ALL_CORES = ['--maxWorkers=100%'];
/** What starts services and browsers of its own: each file is several processes already. */
const TWO = ['--maxWorkers=2'];

/** @typedef {{ project: string, args: readonly string[] }} Run one run of jest */

/**
 * Layers of tests in the order of what they need, how long each may take at most, and the runs it is made of.
 * @type {Readonly<Record<string, { limitMs: number, runs: readonly Run[], prepare?: () => Promise<NodeJS.ProcessEnv> }>>}
 */
const LAYERS = {
  unit: { limitMs: 5 * MINUTE, runs: [{ project: 'unit', args: ALL_CORES }] },
  packs: { limitMs: 5 * MINUTE, runs: [{ project: 'packs', args: ALL_CORES }] },
  contract: { limitMs: 5 * MINUTE, runs: [{ project: 'contract', args: ALL_CORES }] },
  integration: { limitMs: 10 * MINUTE, runs: [{ project: 'integration', args: TWO }] },
  e2e: {
    limitMs: 15 * MINUTE,
    prepare: () => buildPreview(),
    runs: [
      { project: 'e2e', args: TWO },
      // Two browsers on two cores would measure each other.
      { project: 'e2e-alone', args: ['--runInBand'] },
    ],
  },
};

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

const OK = { passed: 1, failed: 0, skipped: 0 };
const FAILED = { passed: 0, failed: 1, skipped: 0 };

/**
 * What a jest run counted.
 * @param {any} report of `jest --json`; undefined when it left none
 * @param {number | null} code its exit code
 * @returns {Count} a file that could not be run counts as one failure, and so does a run that failed for no counted reason
 */
export function countTests(report, code) {
  if (report === undefined) return FAILED;
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/** @param {readonly Count[]} counts @returns {Count} */
function total(counts) {
  const sum = (/** @type {keyof Count} */ key) => counts.reduce((all, count) => all + count[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/**
 * @param {readonly Count[]} counts
 * @returns {string} the closing line: `N passed, N failed`, and `, N skipped` where some were
 */
export function closingLine(counts) {
  const { passed, failed, skipped } = total(counts);
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

/**
 * @param {readonly string[]} words names of phases; every other word narrows the spec files by their path
 */
export async function testRun(words) {
  const phases = {
    packages,
    programs: async () => {
      programs = await installTestPrograms(steadily());
      return OK;
    },
    lint: () => tool('@biomejs/biome/bin/biome', ['check', '.']),
    types: typeCheck,
    build: async () => {
      await build(ROOT);
      built = true;
      return OK;
    },
    ...Object.fromEntries(Object.keys(LAYERS).map((layer) => [layer, () => testLayer(layer, patterns)])),
  };
  const names = Object.keys(phases);
  const chosen = words.filter((word) => names.includes(word));
  const patterns = words.filter((word) => !names.includes(word));
  const layers = Object.keys(LAYERS);
  const wanted = (/** @type {string} */ name) => {
    if (chosen.length > 0) return chosen.includes(name) || needs(name, chosen);
    return patterns.length === 0 || layers.includes(name) || needs(name, layers);
  };

  /** @type {{ name: string, count: Count, ms: number }[]} */
  const done = [];
  for (const [name, phase] of Object.entries(phases)) {
    if (!wanted(name)) continue;
    say(`\n── ${name}`);
    const started = performance.now();
    const count = await phase().catch((error) => {
      explain(error, `${name} failed`);
      return FAILED;
    });
    done.push({ name, count, ms: performance.now() - started });
  }

  say('');
  for (const { name, count, ms } of done) {
    const { passed, failed, skipped } = count;
    const result = `${failed ? '✗' : '✓'} ${name.padEnd(12)} ${`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`.padEnd(36)}`;
    say(`${result} ${seconds(ms).padStart(8)}`);
  }
  say(`took ${seconds(done.reduce((sum, { ms }) => sum + ms, 0))}`);
  say(closingLine(done.map(({ count }) => count)));
  process.exitCode = done.some(({ count }) => count.failed > 0) ? 1 : 0;
}

/** What a phase needs before it: packages always, programs and a build for the layers that run the real thing. */
function needs(/** @type {string} */ name, /** @type {readonly string[]} */ chosen) {
  if (name === 'packages') return true;
  if (name === 'programs' || name === 'build') return chosen.includes('integration') || chosen.includes('e2e');
  return false;
}

/**
 * The wall with `/preview`, once for all files that look at it. Not below `.build`: what is in a hidden folder is not served.
 * @returns {Promise<NodeJS.ProcessEnv>} what tells them where it is
 */
async function buildPreview() {
  const outDir = mkdtempSync(join(tmpdir(), 'citywall-preview-'));
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }));
  const { code, output } = await run(
    process.execPath,
    [
      ...[join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', join(ROOT, 'apps/wall'), '--mode', 'preview'],
      ...['--logLevel', 'error', '--outDir', outDir, '--emptyOutDir'],
    ],
    { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } },
  );
  if (code !== 0) throw new Stop('build-failed', `the wall with its preview cannot be built:\n${output.trimEnd()}`);
  return { CITYWALL_TEST_PREVIEW: outDir };
}

/** @type {Awaited<ReturnType<typeof installTestPrograms>> | undefined} */
let programs;
let built = false;

/** @returns {Promise<Count>} */
async function packages() {
  if (packagesCurrent(ROOT)) return OK;
  await installPackages(ROOT, steadily());
  return OK;
}

/**
 * @param {string} script in node_modules
 * @param {readonly string[]} args
 * @returns {Promise<Count>}
 */
async function tool(script, args) {
  const { code } = await run(process.execPath, [join(ROOT, 'node_modules', script), ...args], {
    cwd: ROOT,
    passThrough: true,
    timeoutMs: 5 * MINUTE,
  });
  return code === 0 ? OK : FAILED;
}

/** Sources with their build (the tests' types lean on nothing built), tests, these scripts, and the wall's templates. */
async function typeCheck() {
  const results = [
    await tool('typescript/bin/tsc', ['-b']),
    ...(await Promise.all([
      tool('typescript/bin/tsc', ['-p', 'test']),
      tool('typescript/bin/tsc', ['-p', 'scripts']),
      tool('vue-tsc/bin/vue-tsc.js', ['--noEmit', '-p', 'apps/wall']),
    ])),
  ];
  return results.some(({ failed }) => failed) ? FAILED : OK;
}

/** @param {string} dir @returns {boolean} */
const hasSpecs = (dir) =>
  existsSync(dir) && readdirSync(dir, { recursive: true }).some((file) => String(file).endsWith('.spec.ts'));

/**
 * @param {string} layer
 * @param {readonly string[]} patterns
 * @returns {Promise<Count>}
 */
async function testLayer(layer, patterns) {
  const { limitMs, runs, prepare } = /** @type {typeof LAYERS[string]} */ (LAYERS[layer]);
  if (!hasSpecs(join(ROOT, 'test', layer))) {
    say('no spec file in this layer');
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const until = performance.now() + limitMs;
  const env = (await prepare?.()) ?? {};
  const counts = [];
  for (const one of runs)
    counts.push(await jest(one, patterns, Math.max(1, Math.ceil(until - performance.now())), env));
  return total(counts);
}

/**
 * @param {Run} run
 * @param {readonly string[]} patterns
 * @param {number} limitMs
 * @param {NodeJS.ProcessEnv} env what was prepared for it
 * @returns {Promise<Count>}
 */
async function jest({ project, args }, patterns, limitMs, env) {
  const report = join(OUT, `${project}.json`);
  mkdirSync(OUT, { recursive: true });
  rmSync(report, { force: true });
  const narrow = patterns.length > 0 ? ['--passWithNoTests', '--testPathPatterns', ...patterns] : [];
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('CITYWALL_') || name === 'CITYWALL_SAMPLES_DIR',
  );
  const { code, signal } = await run(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--no-warnings', join(ROOT, 'node_modules/jest/bin/jest.js')],
      ...['--selectProjects', project, '--json', '--outputFile', report, '--ci', ...args, ...narrow],
    ],
    {
      cwd: ROOT,
      timeoutMs: limitMs,
      env: {
        ...Object.fromEntries(inherited),
        // Worker processes need the flag, too.
        NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
        ...(programs?.chromium ? { CHROMIUM: programs.chromium } : {}),
        ...(built ? { CITYWALL_TEST_BUILT: '1' } : {}),
        ...env,
      },
      // The report itself also goes to standard output; people read the other.
      onLine: (line, stream) => {
        if (stream === 'stderr') process.stdout.write(`${line}\n`);
      },
    },
  );
  if (signal) throw new Stop('service-failed', `${project} was ended by ${signal} after at most ${seconds(limitMs)}.`);
  return countTests(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined, code);
}
