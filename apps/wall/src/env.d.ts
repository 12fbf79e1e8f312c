/// <reference types="vite/client" />

declare module '*.geojson?raw' {
  const text: string;
  export default text;
}

// the package has types for its full build only; the light one lacks subtitles, other audio and DRM
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}

declare module '*.vue' {
  import type { DefineComponent } from 'vue';

  const component: DefineComponent<object, object, unknown>;
  export default component;
}
