export * from './city-view.js';
export {
  decodeDelta,
  decodeFrame,
  decodeState,
  encodeDelta,
  encodeDeltaFrame,
  encodeSnapshot,
  encodeState,
} from './codec.js';
export * from './desk.js';
export * from './errors.js';
export * from './frame.js';
export * from './requests.js';
export * from './scene.js';
export { applyDelta, diffView, emptyState, sameValue, stateOf } from './state.js';
export * from './stream-reader.js';
export * from './view.js';
export * from './view-rows.js';
export * from './view-spec.js';
