/**
 * Children that must stay up: started in order, restarted when they die, ended in the opposite order.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { Stop } from './messages.mjs';
import { lastLines } from './programs.mjs';
import { GRACE_MS, removeContainer, removeRecord, writeRecord } from './run-folder.mjs';

/**
 * @typedef {object} Spec what to run and how to tell that it works
 * @property {string} name of its record in the run folder
 * @property {string} command
 * @property {readonly string[]} args
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 * @property {string} [log] file that takes what it prints; without one, each line goes to `onLine`
 * @property {(line: string, stream: 'stdout' | 'stderr') => void} [onLine]
 * @property {RegExp} [readyLine] it works when it has printed such a line
 * @property {() => Promise<boolean>} [readyWhen] it works when this is true; asked again and again
 * @property {number} [readyWithinMs] default 60 s
 * @property {string} [url] where it listens, for its record
 * @property {string} [container] name of its docker container
 * @property {boolean} essential when it cannot be kept up, everything stops; otherwise the rest goes on without it
 * @property {string} [advice] what a person can do when it does not start
 */

const WINDOW_MS = 5 * 60_000;
const MOST_DEATHS = 10;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const POLL_MS = 20;
const LARGEST_LOG = 5_000_000;

/**
 * When to start a dead child again.
 * @param {readonly number[]} deaths times of its deaths, ms, the newest last
 * @param {number} now ms
 * @returns {{ recent: number[], delayMs: number } | undefined} the deaths that still count, and how long to wait;
 *   undefined: it died ten times in five minutes, and another start would not help
 */
export function afterDeath(deaths, now) {
  const recent = deaths.filter((at) => now - at < WINDOW_MS);
  if (recent.length >= MOST_DEATHS) return undefined;
  return { recent, delayMs: Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, recent.length - 1)) };
}

/** @typedef {{ spec: Spec, child?: import('node:child_process').ChildProcess, deaths: number[], timer?: NodeJS.Timeout | undefined, up: boolean }} Kept */

export class Supervisor {
  /** @type {Kept[]} in the order of their start */
  #kept = [];
  #stopping = false;
  /** @type {Promise<void> | undefined} */
  #stopped;

  /**
   * @param {object} options
   * @param {string} options.runDir
   * @param {(text: string) => void} options.say
   * @param {(stop: Stop) => void} options.onGiveUp an essential child cannot be kept up
   * @param {Readonly<Record<string, number>>} [options.graceMs]
   */
  constructor({ runDir, say, onGiveUp, graceMs = GRACE_MS }) {
    this.runDir = runDir;
    this.say = say;
    this.onGiveUp = onGiveUp;
    this.graceMs = graceMs;
  }

  /**
   * Starts a child and resolves when it works (an unessential one: at once); from then on it is kept up.
   * @param {Spec} spec
   * @returns {Promise<void>} rejects with Stop `service-failed` when it dies or stays silent before it worked once
   */
  async start(spec) {
    /** @type {Kept} */
    const kept = { spec, deaths: [], up: false };
    this.#kept.push(kept);
    if (spec.essential) await this.#launch(kept, true);
    // Nobody waits for it, and when it dies at once it is tried again like any other time.
    else this.#launch(kept, false).catch(() => {});
  }

  /** @param {Kept} kept @param {boolean} first */
  #launch(kept, first) {
    return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      if (this.#stopping) return reject(new Stop('interrupted', 'interrupted'));
      const { spec } = kept;
      if (spec.container) removeContainer(spec.container);
      const log = spec.log === undefined ? undefined : openLog(spec.log);
      // Its own process group: Ctrl-C in a terminal must reach the launcher alone, who ends them in order.
      const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: spec.env ?? process.env,
        detached: true,
        stdio: log === undefined ? ['ignore', 'pipe', 'pipe'] : ['ignore', log, log],
      });
      if (log !== undefined) closeSync(log);
      kept.child = child;
      kept.up = false;
      if (child.pid !== undefined) {
        writeRecord(this.runDir, { name: spec.name, pid: child.pid, url: spec.url, container: spec.container });
      }

      const deadline = Date.now() + (spec.readyWithinMs ?? 60_000);
      const works = () => {
        if (kept.up || hasEnded(child)) return;
        kept.up = true;
        resolve();
      };
      for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
        let rest = '';
        child[stream]?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            spec.onLine?.(line, stream);
            if (spec.readyLine?.test(line)) works();
          }
        });
      }
      const ask = async () => {
        if (kept.up || hasEnded(child)) return;
        if (Date.now() > deadline) {
          if (first) reject(this.#failure(spec, 'did not answer in time'));
          else child.kill('SIGKILL');
          return;
        }
        if (await spec.readyWhen?.()) works();
        else setTimeout(ask, POLL_MS);
      };
      if (spec.readyWhen || spec.readyLine) ask();
      else child.once('spawn', works);

      let over = false;
      const died = (/** @type {string} */ how) => {
        if (over) return;
        over = true;
        removeRecord(this.runDir, spec.name);
        if (this.#stopping) return resolve();
        if (first && !kept.up) return reject(this.#failure(spec, how));
        kept.up = false;
        resolve();
        this.#again(kept, how);
      };
      child.once('error', (error) => died(error.message));
      // With pipes, wait for the last words.
      child.once(log === undefined ? 'close' : 'exit', (code, signal) =>
        died(signal ? `was ended by ${signal}` : `ended with code ${code}`),
      );
    });
  }

  /** @param {Kept} kept @param {string} how */
  #again(kept, how) {
    const { spec } = kept;
    const now = Date.now();
    const next = afterDeath([...kept.deaths, now], now);
    if (!next) {
      const stop = this.#failure(spec, `died ${MOST_DEATHS} times in five minutes; the last time it ${how}`, 'gave-up');
      if (spec.essential) this.onGiveUp(stop);
      else this.say(`${stop.message}\n  It is left out now; the rest goes on.`);
      return;
    }
    kept.deaths = next.recent;
    this.say(`${spec.name} ${how}; it starts again in ${next.delayMs / 1000} s`);
    kept.timer = setTimeout(() => {
      kept.timer = undefined;
      this.#launch(kept, false).then(
        () => {
          if (kept.up) this.say(`${spec.name} is back`);
        },
        () => {},
      );
    }, next.delayMs);
  }

  /** @param {Spec} spec @param {string} how @param {import('./messages.mjs').StopReason} [reason] */
  #failure(spec, how, reason = 'service-failed') {
    let said = '';
    if (spec.log !== undefined) {
      try {
        said = `\n${lastLines(readFileSync(spec.log, 'utf8'), 8)}`;
      } catch {
        // It died before it could write.
      }
    }
    return new Stop(reason, `${spec.name} ${how}.${said}`, spec.advice ?? '');
  }

  /**
   * Ends all children, the one started last first; each has its grace to end in good order.
   * @returns {Promise<void>} when none runs any more. May be called again: all calls share one end.
   */
  stop() {
    this.#stopping = true;
    this.#stopped ??= (async () => {
      for (const kept of this.#kept) clearTimeout(kept.timer);
      for (const { spec, child } of this.#kept.toReversed()) {
        if (child && !hasEnded(child) && child.pid !== undefined) {
          const gone = new Promise((resolve) => child.once('exit', resolve));
          child.kill('SIGTERM');
          child.kill('SIGCONT');
          const grace = this.graceMs[spec.name] ?? 5_000;
          const timer = setTimeout(() => {
            this.say(`${spec.name} did not end within ${grace / 1000} s and is killed`);
            child.kill('SIGKILL');
          }, grace);
          await gone;
          clearTimeout(timer);
        }
        if (spec.container) removeContainer(spec.container);
        removeRecord(this.runDir, spec.name);
      }
    })();
    return this.#stopped;
  }

  /** Ends all children at once and without grace; for when this process itself ends unforeseen. */
  killAll() {
    this.#stopping = true;
    for (const { child } of this.#kept) if (child && !hasEnded(child)) child.kill('SIGKILL');
  }
}

/** @param {import('node:child_process').ChildProcess} child */
const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

/** @param {string} file opened to append; one that grew large makes room first, keeping the one before */
function openLog(file) {
  try {
    if (statSync(file).size > LARGEST_LOG) renameSync(file, `${file}.1`);
  } catch {
    // There is none yet.
  }
  return openSync(file, 'a', 0o600);
}
