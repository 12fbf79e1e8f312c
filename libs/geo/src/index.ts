export * from './crs.js';
export * from './shapes.js';
