export { parseDuration } from './common.js';
export type { AlarmRule } from './files/alarms.js';
export type { CaseSpec } from './files/cases.js';
export type { OccurrenceTypeSpec } from './files/pack.js';
export * from './files/simulator.js';
export * from './pack.js';
export { DEFAULT_ZONE, PACK_FILES, parsePack } from './parse.js';
export * from './problem.js';
export { compileScene } from './scene.js';
