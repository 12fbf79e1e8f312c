import { SpecError } from './failure.js';

/**
 * Topic patterns: `{name}` captures one level (also within one: `sensor-{id}`), `{name...}` captures any number of
 * levels and may be followed by fixed ones, `+` and `#` are MQTT's. A leading empty level and `$share/group/` work.
 */
export interface TopicPattern {
  text: string;
  /** MQTT filter to subscribe to; may take more than the pattern where `{name...}` is not last */
  filter: string;
  /** names captured, in order */
  names: string[];
  /** what every topic it takes begins with; '' where that is a capture or a wildcard */
  head: string;
  /** captures in the order of `names`, or null */
  match(topic: string): string[] | null;
}

type Level =
  | { kind: 'literal'; text: string }
  | { kind: 'one'; named: boolean; before: string; after: string }
  | { kind: 'rest'; named: boolean };

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const MAX_TOPIC_BYTES = 65_535;
const DOLLAR = 36;
const SLASH = 47;

function parseLevel(text: string, names: string[], last: boolean): Level {
  if (text === '+') return { kind: 'one', named: false, before: '', after: '' };
  if (text === '#') {
    if (!last) throw new SpecError('# may only be the last level');
    return { kind: 'rest', named: false };
  }
  const open = text.indexOf('{');
  if (open < 0) {
    if (/[+#}]/.test(text)) throw new SpecError(`level ${JSON.stringify(text)}: + and # stand alone, } needs a {`);
    return { kind: 'literal', text };
  }
  const close = text.indexOf('}', open);
  if (close < 0) throw new SpecError(`level ${JSON.stringify(text)}: { without }`);
  const before = text.slice(0, open);
  const after = text.slice(close + 1);
  let name = text.slice(open + 1, close);
  if (/[{}+#]/.test(before + after)) throw new SpecError(`level ${JSON.stringify(text)}: one capture a level`);
  const rest = name.endsWith('...');
  if (rest) name = name.slice(0, -3);
  if (!NAME.test(name)) throw new SpecError(`${JSON.stringify(name)} is no capture name`);
  if (names.includes(name)) throw new SpecError(`{${name}} is captured twice`);
  names.push(name);
  if (!rest) return { kind: 'one', named: true, before, after };
  if (before || after) throw new SpecError(`{${name}...} must be a level of its own`);
  return { kind: 'rest', named: true };
}

function takesOne(level: Level, text: string): boolean {
  if (level.kind === 'literal') return level.text === text;
  if (level.kind === 'rest') return false;
  if (!level.before && !level.after) return true;
  return (
    text.length > level.before.length + level.after.length &&
    text.startsWith(level.before) &&
    text.endsWith(level.after)
  );
}

function captured(level: Level, text: string, into: string[]): void {
  if (level.kind !== 'one' || !level.named) return;
  into.push(level.before || level.after ? text.slice(level.before.length, text.length - level.after.length) : text);
}

/**
 * Patterns of a fixed number of levels, without taking the topic apart: every message asks this of every feed, and a
 * topic that is not remembered must cost next to nothing. `levels` holds no rest.
 */
function compileFixed(levels: readonly Level[]): (topic: string) => string[] | null {
  const last = levels.length - 1;
  return (topic) => {
    const captures: string[] = [];
    const { length } = topic;
    let at = 0;
    for (let i = 0; i <= last; i++) {
      const level = levels[i] as Level;
      let end = at;
      if (level.kind === 'literal') {
        const { text } = level;
        end += text.length;
        for (let k = 0; k < text.length; k++) if (topic.charCodeAt(at + k) !== text.charCodeAt(k)) return null;
      } else {
        while (end < length && topic.charCodeAt(end) !== SLASH) end++;
        if (level.kind === 'one' && (level.named || level.before || level.after)) {
          const from = at + level.before.length;
          const to = end - level.after.length;
          if (level.before || level.after) {
            if (to <= from || !topic.startsWith(level.before, at) || !topic.startsWith(level.after, to)) return null;
          }
          if (level.named) captures.push(topic.slice(from, to));
        }
      }
      // A level ends at a slash, only the last one with the topic.
      if (i === last ? end !== length : topic.charCodeAt(end) !== SLASH) return null;
      at = end + 1;
    }
    return captures;
  };
}

/** Throws `SpecError` with a sentence for people. */
export function parseTopic(text: string): TopicPattern {
  if (text === '') throw new SpecError('a topic is needed');
  if (text.length > MAX_TOPIC_BYTES || text.includes('\u0000')) throw new SpecError('not a valid MQTT topic');
  let matched = text.split('/');
  let share = '';
  if (matched[0] === '$share') {
    if (matched.length < 3 || !matched[1]) throw new SpecError('$share needs a group and a topic');
    share = `$share/${matched[1]}/`;
    matched = matched.slice(2);
  }
  const names: string[] = [];
  const levels = matched.map((level, i) => parseLevel(level, names, i === matched.length - 1));
  const restAt = levels.findIndex((level) => level.kind === 'rest');
  if (restAt >= 0 && levels.some((level, i) => i > restAt && level.kind === 'rest')) {
    throw new SpecError('only one {name...} or #');
  }
  const rest = levels[restAt];
  const head = restAt < 0 ? levels : levels.slice(0, restAt);
  const tail = restAt < 0 ? [] : levels.slice(restAt + 1);
  const restNamed = rest?.kind === 'rest' && rest.named;
  const least = head.length + tail.length + (restNamed ? 1 : 0);
  const dollarSafe = levels[0]?.kind === 'literal';
  const filter =
    share +
    [...head.map((level) => (level.kind === 'literal' ? level.text : '+')), ...(restAt < 0 ? [] : ['#'])].join('/');

  const first = levels[0];
  const begin = first?.kind === 'literal' ? first.text : first?.kind === 'one' ? first.before : '';

  const fixed = compileFixed(levels);
  const match = (topic: string): string[] | null => {
    if (!dollarSafe && topic.charCodeAt(0) === DOLLAR) return null;
    if (restAt < 0) return fixed(topic);
    const parts = topic.split('/');
    const count = parts.length;
    if (count < least) return null;
    for (let i = 0; i < head.length; i++) if (!takesOne(head[i] as Level, parts[i] as string)) return null;
    const tailStart = count - tail.length;
    for (let i = 0; i < tail.length; i++) if (!takesOne(tail[i] as Level, parts[tailStart + i] as string)) return null;
    const captures: string[] = [];
    for (let i = 0; i < head.length; i++) captured(head[i] as Level, parts[i] as string, captures);
    if (restNamed) captures.push(parts.slice(head.length, tailStart).join('/'));
    for (let i = 0; i < tail.length; i++) captured(tail[i] as Level, parts[tailStart + i] as string, captures);
    return captures;
  };
  return { text, filter, names, head: begin, match };
}
