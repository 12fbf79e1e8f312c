/** Files that the wall imports as text (`x.geojson?raw`), as Vite gives them: the default export is the text. */
export default {
  process: (text) => ({ code: `module.exports = ${JSON.stringify(text)};` }),
};
