import type { SimulatorSparkplug, SimulatorStream } from '@citywall/pack-schema';
import type { SimulatedMessage } from './simulation.types.js';
import { encodeSparkplug, type SparkplugMetric } from './sparkplug.js';
import { groupScope, type Speaker, type Stream, type StreamContext, speakersOf, streamRows } from './speakers.js';
import { asScalar, compilePath, compileTemplate, type Scope } from './template.js';

/** Numbers of a Sparkplug sequence: 0 to 255 and on. */
const ROUND = 256;

/**
 * Edge nodes that speak Sparkplug B, each with the assets of its group as devices. Births come at the start and again every
 * `births`; between them data name aliases alone. The number of a message follows from its moment: a period begins with the
 * NBIRTH as 0, and every message after it is known.
 */
export function createEdges(
  spec: SimulatorStream,
  { device, births, metrics }: SimulatorSparkplug,
  context: StreamContext,
): Stream {
  const source = `${context.system}/${spec.id}`;
  const rowsOf = streamRows(spec, context, source);
  const edges = speakersOf(spec, context, source);
  const prefix = compileTemplate(spec.topic);
  const deviceName = compileTemplate(device);
  const values = metrics.map(({ name, type, value }) => ({ name, type, value: compilePath(value) }));
  const round = Math.max(Math.round(births / spec.every), 1);

  const message = (edge: Speaker, due: number, kind: string, payload: Uint8Array, name?: string): SimulatedMessage => {
    const start = prefix(groupScope(edge.group, context.stamp(due, source), context.city));
    const topic = `${start}/${kind}/${edge.group}${name === undefined ? '' : `/${name}`}`;
    return { due, topic, payload, qos: spec.qos, retain: false, source };
  };

  const metricsOf = (row: Scope, index: number, birth: boolean): SparkplugMetric[] =>
    values.map(({ name, type, value }, i) => {
      const alias = index * values.length + i + 1;
      const filled = value(row);
      const missing = typeof filled === 'object' && filled !== null && 'missing' in filled;
      const said = { alias, type, value: missing ? null : asScalar(filled) };
      return birth ? { ...said, name, typed: true } : said;
    });

  /** One message a device; `first` is the number of the first of them. */
  const devices = (edge: Speaker, due: number, kind: 'DBIRTH' | 'DDATA', first: number): SimulatedMessage[] =>
    rowsOf(edge, due).map((row, index) => {
      const seq = (first + index) % ROUND;
      const payload = { at: row.at, seq, metrics: metricsOf(row, index, kind === 'DBIRTH') };
      return message(edge, due, kind, encodeSparkplug(payload), deviceName(row));
    });

  const born = (edge: Speaker, due: number, first: number): SimulatedMessage[] => {
    const at = context.stamp(due, source);
    const payload = encodeSparkplug({ at, seq: first, metrics: [...session(edge, due), REBIRTH] });
    return [message(edge, due, 'NBIRTH', payload), ...devices(edge, due, 'DBIRTH', first + 1)];
  };

  const session = (_edge: Speaker, _due: number): SparkplugMetric[] => [
    { name: 'bdSeq', type: 'Int64', typed: true, value: 0 },
  ];

  const numberOf = (edge: Speaker, tick: number): number => {
    const within = ((tick % round) + round) % round;
    return within === 0 ? 0 : (1 + within * edge.subjects.length) % ROUND;
  };

  return {
    opening: (at) =>
      edges.flatMap((edge) => {
        const next = Math.floor((at - edge.phase) / spec.every) + 1;
        // births of a start carry the numbers before the one that comes next
        const first = (numberOf(edge, next) - 1 - edge.subjects.length) % ROUND;
        return born(edge, at, (first + ROUND) % ROUND);
      }),
    between(from, to) {
      const messages: SimulatedMessage[] = [];
      for (const edge of edges) {
        let tick = Math.floor((from - edge.phase) / spec.every) + 1;
        for (let due = tick * spec.every + edge.phase; due <= to; due += spec.every) {
          const first = numberOf(edge, tick);
          messages.push(...(tick % round === 0 ? born(edge, due, first) : devices(edge, due, 'DDATA', first)));
          tick += 1;
        }
      }
      return messages;
    },
  };
}

const REBIRTH: SparkplugMetric = { name: 'Node Control/Rebirth', type: 'Boolean', typed: true, value: false };
