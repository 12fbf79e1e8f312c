export * from './frame.js';
export * from './scene.js';
export * from './view.js';
