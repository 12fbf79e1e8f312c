export { BYTE_FIELDS, toBase64, toHex } from './bytes.js';
export * from './clock.js';
export * from './control.js';
export { partsOf, type ScenarioPart, skippedParts } from './scenario/parts.js';
export { type Hold, momentOf, type Run, storyMinute } from './scenario/run.js';
export * from './simulation.js';
export * from './simulation.types.js';
export { TemplateError } from './template.js';
export { TERMS } from './values.js';
