import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { Places } from './places.js';
import type { Problem, Spot } from './problem.js';

const MAX_NODES = 2_000_000;
/** nodes that exist only because an alias repeats them */
const MAX_REPEATED = 50_000;
const MAX_DEPTH = 60;

/** The file is larger or deeper than any pack file; ends the reading. */
class TooMuch extends Error {
  constructor(readonly spot: Spot) {
    super('too large or nested too deeply for a pack file');
  }
}

/**
 * Reads YAML 1.2 core (JSON included) into plain values, every map and list marked in `places`. Duplicate keys and keys
 * that must never reach an object (`__proto__`) come back as problems beside the value; after a syntax error the file is
 * `broken` and there is no value. An empty file is an empty map.
 */
export function readYaml(
  text: string,
  file: string,
  places: Places,
): { value: unknown; problems: Problem[]; broken: boolean } {
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
  const soft = document.errors.filter((error) => error.code === 'DUPLICATE_KEY');
  // what follows the first syntax error is mostly its echo
  const [hard] = document.errors.filter((error) => error.code !== 'DUPLICATE_KEY');
  for (const error of hard === undefined ? soft : [hard]) {
    const quote = error.code === 'MISSING_CHAR' ? openQuote(document.contents, error.pos[0]) : undefined;
    const message = quote === undefined ? sentence(error.code, error.message) : 'the quote opened here is never closed';
    problems.push({ ...spotAt(quote ?? error.pos[0]), message, path: '' });
  }
  if (hard !== undefined) return { value: undefined, problems, broken: true };
  let nodes = 0;
  let repeated = 0;
  // the last one of a name before its alias; the library looks through the whole document for each
  const anchors = new Map<string, Node>();

  const convert = (node: Node | null | undefined, at: Spot, depth: number, aliased: boolean): unknown => {
    nodes += 1;
    if (aliased) repeated += 1;
    if (nodes > MAX_NODES || repeated > MAX_REPEATED || depth > MAX_DEPTH) throw new TooMuch(at);
    if (node === null || node === undefined) return null;
    if (isAlias(node)) {
      const meant = anchors.get(node.source) ?? node.resolve(document);
      if (meant === undefined) {
        problems.push({ ...at, message: `nothing before this is named &${node.source}`, path: '' });
      }
      return convert(meant, at, depth + 1, true);
    }
    if (!aliased && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) return node.value;
    if (isSeq(node)) {
      const list: unknown[] = [];
      places.open(list, at);
      for (const [index, item] of (node.items as Node[]).entries()) {
        const spot = spotOf(item) ?? at;
        places.mark(list, index, spot, spot);
        list.push(convert(item, spot, depth + 1, aliased));
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
        map[key] = convert(pair.value as Node | null, valueSpot, depth + 1, aliased);
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
    return { value: empty, problems, broken: false };
  }
  try {
    return { value: convert(contents, top, 0, false), problems, broken: false };
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    problems.push({ ...error.spot, message: error.message, path: '' });
    return { value: undefined, problems, broken: true };
  }
}

/** Where the quoted text that reaches to `end` begins. */
function openQuote(contents: unknown, end: number): number | undefined {
  let start: number | undefined;
  visit(contents as Node | null, {
    Scalar(_key, node) {
      const [from, to] = node.range ?? [0, 0];
      if (node.type?.startsWith('QUOTE') && from < end && to >= end - 1) start = from;
    },
  });
  return start;
}

/** The reader's own words for the syntax errors people make most; the library's sentence otherwise. */
function sentence(code: string, message: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key is written twice in the same map; keep one';
    case 'TAB_AS_INDENT':
      return 'tabs cannot indent YAML; use spaces';
    case 'RESOURCE_EXHAUSTION':
      return 'nested too deeply for a pack file';
    case 'MULTIPLE_DOCS':
      return 'one document a file; remove the second "---"';
    default:
      return `YAML: ${message}`;
  }
}
