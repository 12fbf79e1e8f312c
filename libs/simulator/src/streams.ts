import type { SimulatorStream } from '@citywall/pack-schema';
import { createEdges } from './edges.js';
import { compilePayload } from './payload.js';
import type { SimulatedMessage } from './simulation.types.js';
import { groupScope, type Speaker, type Stream, type StreamContext, speakersOf, streamRows } from './speakers.js';
import { compileTemplate } from './template.js';

export { assetScope, type Stream, type StreamContext } from './speakers.js';

export function createStream(spec: SimulatorStream, context: StreamContext): Stream {
  const { payload } = spec;
  if ('sparkplug' in payload) return createEdges(spec, payload.sparkplug, context);
  const source = `${context.system}/${spec.id}`;
  const { city } = context;
  const topic = compileTemplate(spec.topic);
  const encode = compilePayload(payload);
  const rowsOf = streamRows(spec, context, source);
  const speakers = speakersOf(spec, context, source);

  const message = (speaker: Speaker, due: number, moments?: readonly number[]): SimulatedMessage => {
    const at = context.stamp(due, source);
    const rows = rowsOf(speaker, due, moments);
    const own = spec.by === undefined ? rows.at(-1) : groupScope(speaker.group, at, city);
    const scope = own ?? groupScope(speaker.group, at, city);
    return { due, topic: topic(scope), payload: encode(scope, rows), qos: spec.qos, retain: spec.retain, source };
  };

  const backfill = (at: number): SimulatedMessage[] => {
    const { backfill: past } = spec;
    if (past === undefined) return [];
    const wanted = past.assets === undefined ? null : new Set(past.assets);
    // of a message that many share only the wanted ones tell their past: the others' would cost and show nothing
    const told =
      wanted === null
        ? speakers
        : speakers
            .map((speaker) => ({ ...speaker, subjects: speaker.subjects.filter(({ asset }) => wanted.has(asset.key)) }))
            .filter(({ subjects }) => subjects.length > 0);
    const messages: SimulatedMessage[] = [];
    const moments: number[] = [];
    for (let due = at - past.over; due < at; due += past.every) moments.push(due);
    if (past.together === true) {
      return told.map((speaker) => ({ ...message(speaker, moments.at(-1)!, moments), retain: false }));
    }
    for (const due of moments) {
      // retained past readings would outlive the newest ones at the broker
      for (const speaker of told) messages.push({ ...message(speaker, due), retain: false });
    }
    return messages;
  };

  return {
    opening: (at, past = true) => [...(past ? backfill(at) : []), ...speakers.map((speaker) => message(speaker, at))],
    between(from, to, pace = 0) {
      const messages: SimulatedMessage[] = [];
      // of a city that runs fast every n-th message is told, so that none speaks more often than anybody could see
      const every = spec.every * Math.max(Math.ceil(pace / spec.every), 1);
      for (const speaker of speakers) {
        // spread over the longer time as they were over the shorter one
        const phase = speaker.phase + (speaker.phase % (every / spec.every)) * spec.every;
        let due = Math.floor((from - phase) / every) * every + phase;
        for (due += every; due <= to; due += every) messages.push(message(speaker, due));
      }
      return messages;
    },
  };
}
