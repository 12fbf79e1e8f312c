export * from './feed-spec.js';
export * from './mapped.js';
