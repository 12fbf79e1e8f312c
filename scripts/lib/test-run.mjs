/**
 * The phases of `npm test`. A failed phase does not stop the later ones, so that one run shows all that is wrong; a phase
 * that cannot run has failed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { installPackages, packagesCurrent } from './install.mjs';
import { explain, Stop, say, seconds, steadily } from './messages.mjs';
import { run } from './programs.mjs';
import { installTestPrograms } from './test-programs.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, '.build', 'test');
const MINUTE = 60_000;

/** Layers of tests in the order of what they need, and how long each may take at most. */
const LAYERS = /** @type {const} */ ({
  unit: { limitMs: 5 * MINUTE, args: [] },
  packs: { limitMs: 5 * MINUTE, args: [] },
  contract: { limitMs: 5 * MINUTE, args: [] },
  integration: { limitMs: 10 * MINUTE, args: [] },
  // Two browsers on two cores would measure each other.
  e2e: { limitMs: 15 * MINUTE, args: ['--runInBand'] },
});

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

/**
 * @param {readonly Count[]} counts
 * @returns {string} the closing line: `N passed, N failed`, and `, N skipped` where some were
 */
export function closingLine(counts) {
  const sum = (/** @type {keyof Count} */ key) => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped ? `, ${skipped} skipped` : ''}`;
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
    ...Object.fromEntries(
      Object.keys(LAYERS).map((layer) => [layer, () => jest(/** @type {keyof typeof LAYERS} */ (layer), patterns)]),
    ),
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
 * @param {keyof typeof LAYERS} layer
 * @param {readonly string[]} patterns
 * @returns {Promise<Count>}
 */
async function jest(layer, patterns) {
  if (!hasSpecs(join(ROOT, 'test', layer))) {
    say('no spec file in this layer');
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const report = join(OUT, `${layer}.json`);
  mkdirSync(OUT, { recursive: true });
  rmSync(report, { force: true });
  const { limitMs, args } = LAYERS[layer];
  const narrow = patterns.length > 0 ? ['--passWithNoTests', '--testPathPatterns', ...patterns] : [];
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('CITYWALL_') || name === 'CITYWALL_SAMPLES_DIR',
  );
  const { code, signal } = await run(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--no-warnings', join(ROOT, 'node_modules/jest/bin/jest.js')],
      ...['--selectProjects', layer, '--json', '--outputFile', report, '--ci', ...args, ...narrow],
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
      },
      // The report itself also goes to standard output; people read the other.
      onLine: (line, stream) => {
        if (stream === 'stderr') process.stdout.write(`${line}\n`);
      },
    },
  );
  if (signal)
    throw new Stop('service-failed', `${layer} was ended by ${signal} after at most ${limitMs / MINUTE} min.`);
  return countTests(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined, code);
}
