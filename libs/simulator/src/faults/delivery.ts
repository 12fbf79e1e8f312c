import { encodeText } from '../charset.js';
import { within } from '../random.js';
import type { SimulatedMessage } from '../simulation.types.js';
import type { Stream } from '../speakers.js';
import { chanceOf, type Fault, holds, isOf, meetsAny } from './faults.js';

/** A stream or life with its name, and, for the time its messages are held back, itself without that fault. */
export interface Sender {
  /** system/stream */
  source: string;
  stream: Stream;
  /** it says by itself that it falls silent, and repeats nothing of its own */
  dies: boolean;
  /** what a fault held back: it, without that fault, from its beginning to its end */
  held(fault: Fault, pace?: number): SimulatedMessage[];
}

/** What becomes of messages on their way to the broker. */
export interface Delivery {
  /** Messages that arrive of those that a sender tells, as they stand. */
  meet(sender: Sender, messages: readonly SimulatedMessage[]): SimulatedMessage[];
  /** Messages that arrive in (from, to], among them those that were due before. */
  between(sender: Sender, from: number, to: number, pace?: number): SimulatedMessage[];
}

/** @param faults of all kinds; what concerns values, times and rows has been done before */
export function createDelivery(faults: readonly Fault[], seed: number): Delivery {
  const own = within(seed, 'delivery');

  const arrivals = ({ source, dies }: Sender, message: SimulatedMessage): SimulatedMessage[] => {
    let messages = [message];
    for (const fault of faults) {
      if (!holds(fault, message.due) || !isOf(fault, source) || !meetsAny(fault, message.keys ?? [])) continue;
      const met = !('share' in fault) || chanceOf(fault, own, message.topic, message.due) < fault.share;
      if (!met) continue;
      switch (fault.kind) {
        case 'silence':
          if (!dies && isWhole(fault, message)) return [];
          break;
        case 'buffer':
          if (isWhole(fault, message)) return [];
          break;
        case 'garbage':
          messages = messages.map(cutOff);
          break;
        case 'check':
          messages = messages.map(miscounted);
          break;
        case 'duplicate':
          messages = messages.flatMap((one) => Array.from({ length: fault.times }, () => one));
          break;
        case 'burst':
          // streams speak more often by themselves
          if (message.repeats === true)
            messages = messages.flatMap((one) => Array.from({ length: fault.times }, () => one));
          break;
        case 'reorder': {
          const delay = Math.ceil(chanceOf(fault, own, `delay ${message.topic}`, message.due) * fault.within);
          messages = messages.map((one) => ({ ...one, due: one.due + delay }));
          break;
        }
      }
    }
    return messages;
  };

  /** What is under way after the last question: asked on from there it need not be told again. */
  const underWay = new Map<string, { at: number; messages: SimulatedMessage[] }>();

  const overtaken = (sender: Sender, from: number, pace?: number): SimulatedMessage[] => {
    const known = underWay.get(sender.source);
    if (known?.at === from) return known.messages;
    const delays = faults.flatMap((fault) => (fault.kind === 'reorder' && isOf(fault, sender.source) ? [fault] : []));
    const since = Math.min(...delays.map((fault) => Math.max(fault.from - 1, from - fault.within)), from);
    if (since >= from) return [];
    const messages = sender.stream.between(since, from, pace).flatMap((message) => arrivals(sender, message));
    return messages.filter(({ due }) => due > from);
  };

  return {
    meet: (sender, messages) => messages.flatMap((message) => arrivals(sender, message)),
    between(sender, from, to, pace) {
      const now = sender.stream.between(from, to, pace).flatMap((message) => arrivals(sender, message));
      const all = [...overtaken(sender, from, pace), ...now];
      underWay.set(sender.source, { at: to, messages: all.filter(({ due }) => due > to) });
      const flushed = faults
        .filter((fault) => fault.kind === 'buffer' && isOf(fault, sender.source))
        .filter(({ until }) => until > from && until <= to)
        .flatMap((fault) =>
          sender
            .held(fault, pace)
            .filter((message) => meetsAny(fault, message.keys ?? []))
            .sort((a, b) => a.due - b.due)
            .map((message) => ({ ...message, due: fault.until })),
        );
      return [...all.filter(({ due }) => due <= to), ...flushed];
    },
  };
}

/** Of a message that many share only the rows of the assets are left out. */
function isWhole({ assets }: Fault, { keys = [] }: SimulatedMessage): boolean {
  return assets === undefined || keys.every((key) => assets.includes(key));
}

function cutOff(message: SimulatedMessage): SimulatedMessage {
  return { ...message, payload: message.payload.slice(0, Math.ceil(message.payload.length * 0.6)) };
}

const CRC_OF_HJ212 = 4;

/** The check sum is wrong; where there is none, a bit in the middle is. */
function miscounted(message: SimulatedMessage): SimulatedMessage {
  const bytes = typeof message.payload === 'string' ? encodeText(message.payload) : Uint8Array.from(message.payload);
  if (bytes.length === 0) return message;
  const hash = 0x23;
  const framed = bytes[0] === hash && bytes[1] === hash && bytes.length > CRC_OF_HJ212 + 2;
  if (!framed) {
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    return { ...message, payload: bytes };
  }
  const last = bytes.length - 3;
  // another hexadecimal digit
  bytes[last] = bytes[last] === 0x30 ? 0x31 : 0x30;
  return { ...message, payload: bytes };
}
