export * from './alarm.js';
export * from './command.js';
export { limitOf } from './condition.js';
export { KEPT_COMMENTS } from './handling.js';
export { AlarmMachine, type AlarmMachineOptions } from './machine.js';
export * from './rule.js';
export { inSeason } from './season.js';
export * from './text.js';
