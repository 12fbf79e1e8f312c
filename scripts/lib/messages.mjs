/**
 * What the commands say: phases with their seconds, and the one kind of error that is meant for people.
 */

/**
 * Why a command stops. Closed list: every entry has one sentence and one thing to do, and troubleshooting names them.
 * @typedef {'setting' | 'data-dir' | 'half-restored' | 'already-running' | 'port-taken'
 *   | 'no-network' | 'install-failed' | 'build-failed'
 *   | 'no-redis' | 'no-mosquitto' | 'no-program' | 'service-failed' | 'server-failed' | 'gave-up' | 'interrupted'
 *   | 'platform'} StopReason
 */

/** A stop that a person can do something about: printed without a stack. */
export class Stop extends Error {
  /**
   * @param {StopReason} reason
   * @param {string} message what is wrong, one sentence
   * @param {string} [advice] the one thing to do; a command where one helps
   */
  constructor(reason, message, advice = '') {
    super(message);
    this.name = 'Stop';
    this.reason = reason;
    this.advice = advice;
  }
}

/** @param {string} text one line for the person who started the command */
export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Prints an error as a person should see it.
 * @param {unknown} error
 * @param {string} what e.g. `CityWall cannot start`
 */
export function explain(error, what) {
  if (error instanceof Stop) {
    process.stderr.write(`${what}: ${error.message}\n${error.advice ? `  → ${error.advice}\n` : ''}`);
  } else {
    process.stderr.write(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

const NAME_WIDTH = 12;
const HEARTBEAT_MS = 5_000;

/**
 * Runs a step and prints its name, what came of it and how long it took. A step of more than five seconds says every
 * five seconds that it is alive, with the last progress it told.
 * @template T
 * @param {string} name
 * @param {(progress: (text: string) => void) => Promise<T>} run
 * @param {(result: T) => string} [describe] what came of it, in a few words
 * @returns {Promise<T>}
 */
export async function phase(name, run, describe = () => '') {
  const started = performance.now();
  const elapsed = () => seconds(performance.now() - started);
  let last = '';
  const beat = setInterval(
    () => say(`  ${name.padEnd(NAME_WIDTH)}… ${last ? `${last}, ` : ''}${elapsed()}`),
    HEARTBEAT_MS,
  );
  try {
    const result = await run((text) => {
      last = text;
    });
    say(`  ${name.padEnd(NAME_WIDTH)}${describe(result).padEnd(48)} ${elapsed()}`);
    return result;
  } finally {
    clearInterval(beat);
  }
}

/**
 * Prints progress of which there is much: the first, and then at most one line every five seconds.
 * @returns {(text: string) => void}
 */
export function steadily() {
  let next = 0;
  return (text) => {
    if (performance.now() < next) return;
    next = performance.now() + HEARTBEAT_MS;
    say(`  … ${text}`);
  };
}
