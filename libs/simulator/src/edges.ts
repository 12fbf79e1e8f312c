import type { SimulatorSparkplug, SimulatorStream } from '@citywall/pack-schema';
import { type Faults, holds, NO_FAULTS } from './faults/faults.js';
import type { SimulatedMessage } from './simulation.types.js';
import { encodeSparkplug, type SparkplugMetric } from './sparkplug.js';
import { groupScope, type Speaker, type Stream, type StreamContext, speakersOf, streamRows } from './speakers.js';
import { asScalar, compilePath, compileTemplate, type Scope } from './template.js';

/** Numbers of a Sparkplug sequence: 0 to 255 and on. */
const ROUND = 256;

/**
 * Edge nodes that speak Sparkplug B, each with the assets of its group as devices. Births come at the start and again every
 * `births`; between them data name aliases alone. The number of a message follows from its moment: a period begins with the
 * NBIRTH as 0, and every message after it is known. A silence is a death and a birth afterwards.
 */
export function createEdges(
  spec: SimulatorStream,
  { device, births, metrics }: SimulatorSparkplug,
  context: StreamContext,
): Stream {
  const source = `${context.system}/${spec.id}`;
  const faults = context.faults ?? NO_FAULTS;
  const rowsOf = streamRows(spec, context, source, 'hushed too');
  const edges = speakersOf(spec, context, source).map((edge) => ({
    ...edge,
    silences: silencesOf(edge, source, faults),
  }));
  const prefix = compileTemplate(spec.topic);
  const deviceName = compileTemplate(device);
  const values = metrics.map(({ name, type, value }) => ({ name, type, value: compilePath(value) }));
  const round = Math.max(Math.round(births / spec.every), 1);

  const message = (edge: Edge, due: number, kind: string, payload: Uint8Array, row?: Scope): SimulatedMessage => {
    const start = prefix(groupScope(edge.group, context.stamp(due, source), context.city));
    const topic = `${start}/${kind}/${edge.group}${row === undefined ? '' : `/${deviceName(row)}`}`;
    const keys = row === undefined ? edge.keys : [String(row.get('key'))];
    return { due, topic, payload, qos: spec.qos, retain: false, source, keys, repeats: true };
  };

  const metricsOf = (row: Scope, index: number, birth: boolean): SparkplugMetric[] =>
    values.map(({ name, type, value }, i) => {
      const alias = index * values.length + i + 1;
      const filled = value(row);
      const missing = typeof filled === 'object' && filled !== null && 'missing' in filled;
      const said = { alias, type, value: missing ? null : asScalar(filled) };
      return birth ? { ...said, name, typed: true } : said;
    });

  /** One message a device; `first` is the number of the first of them. A silent device dies, and the node speaks in its turn. */
  const devices = (edge: Edge, due: number, birth: boolean, first: number): SimulatedMessage[] =>
    rowsOf(edge, due).map((row, index) => {
      const seq = (first + index) % ROUND;
      const silences = edge.silences.devices[index] ?? [];
      const silent = silences.some((silence) => holds(silence, due));
      const before = silences.some((silence) => holds(silence, due - spec.every));
      if (silent && before) return message(edge, due, 'NDATA', encodeSparkplug({ at: row.at, seq, metrics: [] }));
      if (silent) return message(edge, due, 'DDEATH', encodeSparkplug({ at: row.at, seq, metrics: [] }), row);
      const born = birth || before;
      const payload = encodeSparkplug({ at: row.at, seq, metrics: metricsOf(row, index, born) });
      return message(edge, due, born ? 'DBIRTH' : 'DDATA', payload, row);
    });

  /** Number of the session: one more after every death. */
  const session = ({ silences }: Edge, due: number): SparkplugMetric => {
    const value = silences.node.filter(({ until }) => until <= due).length % ROUND;
    return { name: 'bdSeq', type: 'Int64', typed: true, value };
  };

  const born = (edge: Edge, due: number, first: number): SimulatedMessage[] => {
    const at = context.stamp(due, source);
    const payload = encodeSparkplug({ at, seq: first, metrics: [session(edge, due), REBIRTH] });
    return [message(edge, due, 'NBIRTH', payload), ...devices(edge, due, true, first + 1)];
  };

  const died = (edge: Edge, due: number): SimulatedMessage =>
    message(edge, due, 'NDEATH', encodeSparkplug({ at: context.stamp(due, source), metrics: [session(edge, due)] }));

  /** Births between two ticks carry the numbers before the one that comes next. */
  const bornBetween = (edge: Edge, due: number): SimulatedMessage[] => {
    const next = Math.floor((due - edge.phase) / spec.every) + 1;
    const first = (numberOf(edge, next) - 1 - edge.subjects.length) % ROUND;
    return born(edge, due, (first + ROUND) % ROUND);
  };

  const numberOf = (edge: Edge, tick: number): number => {
    const place = ((tick % round) + round) % round;
    return place === 0 ? 0 : (1 + place * edge.subjects.length) % ROUND;
  };

  const isDead = ({ silences }: Edge, moment: number) => silences.node.some((silence) => holds(silence, moment));

  const tickOf = (edge: Edge, tick: number, due: number, skips: boolean): SimulatedMessage[] => {
    // told more seldom, every message is a birth: whatever was skipped, no number is missing
    if (skips) return bornBetween(edge, due);
    const birth = tick % round === 0;
    return birth ? born(edge, due, 0) : devices(edge, due, false, numberOf(edge, tick));
  };

  return {
    opening: (at) => edges.filter((edge) => !isDead(edge, at)).flatMap((edge) => bornBetween(edge, at)),
    between(from, to, pace = 0) {
      const messages: SimulatedMessage[] = [];
      const stride = Math.max(Math.ceil(pace / spec.every), 1);
      for (const edge of edges) {
        for (const silence of edge.silences.node) {
          if (silence.from > from && silence.from <= to) messages.push(died(edge, silence.from));
          const ended = silence.until > from && silence.until <= to && !isDead(edge, silence.until);
          if (ended) messages.push(...bornBetween(edge, silence.until));
        }
        let tick = Math.floor((from - edge.phase) / spec.every) + 1;
        for (let due = tick * spec.every + edge.phase; due <= to; due += spec.every) {
          if (tick % stride === 0 && !isDead(edge, due)) messages.push(...tickOf(edge, tick, due, stride > 1));
          tick += 1;
        }
      }
      return messages;
    },
  };
}

interface Edge extends Speaker {
  silences: { node: Silence[]; devices: Silence[][] };
}
type Silence = ReturnType<Faults['silences']>[number];

function silencesOf({ keys }: Speaker, source: string, faults: Faults): Edge['silences'] {
  return {
    node: faults.silences(source, keys).filter(({ assets }) => assets === undefined),
    devices: keys.map((key) => faults.silences(source, [key]).filter(({ assets }) => assets !== undefined)),
  };
}

const REBIRTH: SparkplugMetric = { name: 'Node Control/Rebirth', type: 'Boolean', typed: true, value: false };
