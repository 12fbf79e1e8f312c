/** Tests that measure time, or what a display is left with, and so want the machine for themselves: run one after another. */
const ALONE = '\\.alone\\.spec\\.ts$';

/**
 * One project a layer (style.md §3): `npm run jest -- --selectProjects unit`.
 * Workspace packages resolve to their sources through the `source` condition, so tests never need a build.
 */
const layer = (displayName, extra = {}) => ({
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.spec.ts`],
  testPathIgnorePatterns: ['/node_modules/', ALONE],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts', '.vue'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'vue', 'node'],
  transform: { '^.+\\.ts$': '@swc/jest', '\\.geojson$': '<rootDir>/test/support/rawText.mjs' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  ...extra,
});

export default {
  // A bound for hanging tests, not a measure: only the root's timeout counts, projects have none of their own.
  testTimeout: 60_000,
  projects: [
    layer('unit'),
    layer('packs'),
    layer('contract'),
    layer('integration'),
    layer('e2e'),
    layer('e2e-alone', {
      testMatch: ['<rootDir>/test/e2e/**/*.alone.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/'],
    }),
  ],
};
