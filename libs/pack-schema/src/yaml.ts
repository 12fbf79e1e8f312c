import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Places } from './places.js';
import type { Problem, Spot } from './problem.js';

/** More nodes than this (aliases expanded) is not a pack file any more. */
const MAX_NODES = 2_000_000;
const MAX_DEPTH = 60;

/**
 * Reads YAML 1.2 core (JSON included) into plain values, every map and list marked in `places`. Syntax errors, duplicate
 * keys and keys that must never reach an object (`__proto__`) come back as problems; `value` is what could be read, or
 * undefined where nothing could. An empty file is an empty map.
 */
export function readYaml(text: string, file: string, places: Places): { value: unknown; problems: Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
  });
  const spotAt = (offset: number): Spot => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), col: Math.max(col, 1) };
  };
  const problems: Problem[] = [];
  for (const error of document.errors) {
    problems.push({ ...spotAt(error.pos[0]), message: sentence(error.code, error.message), path: '' });
  }
  let nodes = 0;

  const convert = (node: Node | null | undefined, at: Spot, depth: number): unknown => {
    nodes += 1;
    if (nodes > MAX_NODES || depth > MAX_DEPTH) {
      if (nodes === MAX_NODES + 1 || depth === MAX_DEPTH + 1) {
        problems.push({ ...at, message: 'too large or nested too deeply for a pack file', path: '' });
      }
      return null;
    }
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return convert(node.resolve(document), at, depth + 1);
    if (isScalar(node)) return node.value;
    if (isSeq(node)) {
      const list: unknown[] = [];
      places.open(list, at);
      for (const [index, item] of (node.items as Node[]).entries()) {
        const spot = spotOf(item) ?? at;
        places.mark(list, index, spot, spot);
        list.push(convert(item, spot, depth + 1));
      }
      return list;
    }
    if (isMap(node)) {
      const map: Record<string, unknown> = {};
      places.open(map, at);
      for (const pair of node.items) {
        const keyNode = pair.key as Node | null;
        const key = isScalar(keyNode) ? String(keyNode.value) : '';
        const keySpot = spotOf(keyNode) ?? at;
        if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
          problems.push({ ...keySpot, message: `the key "${key}" is not allowed`, path: '' });
          continue;
        }
        const valueSpot = spotOf(pair.value as Node | null) ?? keySpot;
        places.mark(map, key, keySpot, valueSpot);
        map[key] = convert(pair.value as Node | null, valueSpot, depth + 1);
      }
      return map;
    }
    return null;
  };

  function spotOf(node: Node | null | undefined): Spot | undefined {
    const start = node?.range?.[0];
    return start === undefined ? undefined : spotAt(start);
  }

  const contents = document.contents as Node | null;
  const top = spotOf(contents) ?? spotAt(0);
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    const empty = {};
    places.open(empty, top);
    return { value: empty, problems };
  }
  return { value: convert(contents, top, 0), problems };
}

/** The reader's own words for the syntax errors people make most; the library's sentence otherwise. */
function sentence(code: string, message: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key is written twice in the same map; keep one';
    case 'TAB_AS_INDENT':
      return 'tabs cannot indent YAML; use spaces';
    case 'MULTIPLE_DOCS':
      return 'one document a file; remove the second "---"';
    default:
      return `YAML: ${message}`;
  }
}
