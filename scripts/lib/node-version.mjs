// Read by whatever Node is there: nothing newer than ES2015 may stand in this file and in start.mjs.

/**
 * The oldest Node that runs the server and its build; the same as `engines` in package.json.
 * @type {readonly [number, number]}
 */
export const OLDEST = [20, 19];

/**
 * @param {string} version `process.versions.node`, e.g. `20.20.2`
 * @returns {boolean}
 */
export function newEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Ends the process with a sentence when this Node is too old; returns otherwise. */
export function requireNode() {
  if (newEnough(process.versions.node)) return;
  console.error(
    `CityWall needs Node.js ${OLDEST.join('.')} or newer, and this is ${process.versions.node}.\n` +
      `  → Install Node.js 20, 22 or newer (nodejs.org, or: nvm install 20), then run the command again.`,
  );
  process.exit(1);
}
