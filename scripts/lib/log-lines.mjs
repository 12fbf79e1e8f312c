/**
 * The server's structured log, for a person at a terminal. Everywhere else the lines pass as they are.
 */

/** pino's levels. @type {Readonly<Record<number, string>>} */
const LEVELS = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warning', 50: 'error', 60: 'fatal' };

/**
 * @param {string} line
 * @returns {string} `10:48:45 warning Packs: …`, or the line itself when it is no log line
 */
export function readable(line) {
  if (!line.startsWith('{"level":')) return line;
  try {
    const { level, time, context, msg, err } = JSON.parse(line);
    const at = new Date(time).toTimeString().slice(0, 8);
    const reason = typeof err?.stack === 'string' ? `\n${err.stack}` : '';
    return `${at} ${(LEVELS[level] ?? String(level)).padEnd(7)} ${context ? `${context}: ` : ''}${msg ?? ''}${reason}`;
  } catch {
    return line;
  }
}
