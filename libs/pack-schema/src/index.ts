export { type AlarmPack, alarmCatalogue, awaitedAssets } from './alarm-catalogue.js';
export { caseMessage, compareResults, hexBytes, runCase, showResults } from './cases.js';
export { agrees, faultProblems } from './checks/scenarios.js';
export { parseDuration } from './common.js';
export type { AlarmRule } from './files/alarms.js';
export * from './files/brokers.js';
export type { CaseSpec } from './files/cases.js';
export { FAULT_KINDS, type FaultKind, type FaultSpec, faultSpec } from './files/fault.js';
export type { FeedEntry } from './files/feeds.js';
export * from './files/names.js';
export * from './files/notifications.js';
export type { OccurrenceTypeSpec, Upstream } from './files/pack.js';
export type {
  ScenarioDrive,
  ScenarioFault,
  ScenarioLife,
  ScenarioRain,
  ScenarioSpec,
  ScenarioStates,
} from './files/scenario.js';
export { scenarioFile } from './files/scenario.js';
export * from './files/simulator.js';
export type { TimelineSpec } from './files/timelines.js';
export type { ViewForm } from './files/views.js';
export type { ImportedMapLayer } from './imports.js';
export { type JsonSchema, jsonSchemas } from './json-schema.js';
export { OUTAGE_RULE } from './outage.js';
export * from './pack.js';
export { DEFAULT_ZONE, PACK_FILES, parsePack } from './parse.js';
export * from './problem.js';
export { parseScenario } from './scenario.js';
export { canonical, compileScene, hash } from './scene.js';
export { runTimeline } from './timelines.js';
export { upstreamOf } from './topology.js';
export { foreignSystems } from './views.js';
