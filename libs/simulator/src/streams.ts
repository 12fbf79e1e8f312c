import type { SimulatorStream } from '@citywall/pack-schema';
import { createEdges } from './edges.js';
import { NO_FAULTS } from './faults/faults.js';
import { compilePayload } from './payload.js';
import type { SimulatedMessage } from './simulation.types.js';
import { groupScope, type Speaker, type Stream, type StreamContext, speakersOf, streamRows } from './speakers.js';
import { compileTemplate } from './template.js';

export { assetScope, type Stream, type StreamContext } from './speakers.js';

export function createStream(spec: SimulatorStream, context: StreamContext): Stream {
  const { payload } = spec;
  if ('sparkplug' in payload) return createEdges(spec, payload.sparkplug, context);
  const source = `${context.system}/${spec.id}`;
  const { city, faults = NO_FAULTS } = context;
  const topic = compileTemplate(spec.topic);
  const encode = compilePayload(payload);
  const rowsOf = streamRows(spec, context, source);
  const speakers = speakersOf(spec, context, source);

  /** None while nothing is heard of any of its assets. */
  const message = (speaker: Speaker, due: number, moments?: readonly number[]): SimulatedMessage[] => {
    const rows = rowsOf(speaker, due, moments);
    const last = rows.at(-1);
    if (last === undefined) return [];
    const scope = spec.by === undefined ? last : groupScope(speaker.group, context.stamp(due, source), city);
    const { qos, retain } = spec;
    return [{ due, topic: topic(scope), payload: encode(scope, rows), qos, retain, source, keys: speaker.keys }];
  };
  const past = (messages: SimulatedMessage[]): SimulatedMessage[] =>
    // retained past readings would outlive the newest ones at the broker
    messages.map((told) => ({ ...told, retain: false }));

  const backfill = (at: number): SimulatedMessage[] => {
    const { backfill: told } = spec;
    if (told === undefined) return [];
    const wanted = told.assets === undefined ? null : new Set(told.assets);
    // of a message that many share only the wanted ones tell their past: the others' would cost and show nothing
    const tellers =
      wanted === null
        ? speakers
        : speakers
            .map((speaker) => ({ ...speaker, subjects: speaker.subjects.filter(({ asset }) => wanted.has(asset.key)) }))
            .filter(({ subjects }) => subjects.length > 0);
    const moments: number[] = [];
    for (let due = at - told.over; due < at; due += told.every) moments.push(due);
    if (told.together === true) return past(tellers.flatMap((teller) => message(teller, moments.at(-1)!, moments)));
    return past(moments.flatMap((due) => tellers.flatMap((teller) => message(teller, due))));
  };

  return {
    opening: (at, before = true) => [
      ...(before ? backfill(at) : []),
      ...speakers.flatMap((speaker) => message(speaker, at)),
    ],
    between(from, to, pace = 0) {
      const messages: SimulatedMessage[] = [];
      // of a city that runs fast every n-th message is told, so that none speaks more often than anybody could see
      const every = spec.every * Math.max(Math.ceil(pace / spec.every), 1);
      for (const speaker of speakers) {
        // spread over the longer time as they were over the shorter one
        const phase = speaker.phase + (speaker.phase % (every / spec.every)) * spec.every;
        const times = faults.burst(source, speaker.keys, from, to);
        const step = every / times;
        const first = Math.floor((from - phase) / step) + 1;
        for (let tick = first; tick * step + phase <= to; tick += 1) {
          const due = tick * step + phase;
          // a burst ends or begins between two looks
          if (tick % times === 0 || faults.burst(source, speaker.keys, due, due) > 1)
            messages.push(...message(speaker, Math.round(due)));
        }
      }
      return messages;
    },
  };
}
