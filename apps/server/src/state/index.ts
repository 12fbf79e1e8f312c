export * from './decoders.repository.js';
export * from './recent.repository.js';
export * from './state.repository.js';
export * from './state.types.js';
