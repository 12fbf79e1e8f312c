export * from './alarm.js';
export { AlarmMachine, type AlarmMachineOptions } from './machine.js';
export * from './rule.js';
export { inSeason } from './season.js';
export * from './text.js';
