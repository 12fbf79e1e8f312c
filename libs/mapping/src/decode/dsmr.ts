import { DecodeError, Failure } from '../failure.js';
import type { Decoder } from '../mapped.js';
import { crc16Arc, hex16 } from './checks.js';
import { asText } from './decoder.js';
import type { CheckOptions } from './hj212.js';

const LINE = /^(\d{1,3}-(\d{1,3}):\d{1,3}\.\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)((?:\([^()]{0,2048}\))+)$/;
const OWN_ID = '0-0:96.1.1';
const CLOCK = '0-0:1.0.0';
/** the id of a meter that hangs on a channel: 0-n:96.1.0 (0-n:96.1.1 in Belgium) */
const CHANNEL_ID = /^0-[1-9]\d?:96\.1\.[01]$/;
/** local time of the grid: winter is UTC+1, summer UTC+2 */
const TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([WS])$/;
const MEASURED = /^([+-]?\d{1,15}(?:\.\d{1,9})?)(?:\*([A-Za-z0-9%]{1,10}))?$/;

function isoTime(text: string): string | undefined {
  const t = TIME.exec(text);
  return t ? `20${t[1]}-${t[2]}-${t[3]}T${t[4]}:${t[5]}:${t[6]}+0${t[7] === 'S' ? 2 : 1}:00` : undefined;
}

interface Line {
  obis: string;
  channel: string;
  groups: string[];
}

function readLine(text: string): Line | Failure {
  const match = LINE.exec(text);
  if (!match) return new Failure('decode', `${JSON.stringify(text.slice(0, 60))} is no line of a telegram`);
  const [, obis = '', channel = '', groups = ''] = match;
  return { obis, channel, groups: groups.slice(1, -1).split(')(') };
}

/** The last group is the value; before it may stand its own time. What is no number stays text. */
function measured({ obis, groups }: Line): Record<string, unknown> {
  const last = groups.at(-1) ?? '';
  const row: Record<string, unknown> = { obis, text: last };
  if (groups.length > 1) row.groups = groups;
  const at = groups.length > 1 ? isoTime(groups[0] as string) : undefined;
  if (at !== undefined) row.at = at;
  const number = MEASURED.exec(last);
  if (number) {
    row.value = Number(number[1]);
    if (number[2] !== undefined) row.unit = number[2];
  }
  return row;
}

/**
 * A telegram of a smart meter's P1 port (DSMR 2 to 5, IEC 62056-21 lines): `{header, id, at, valid?, rows: [{obis, meter,
 * channel, value?, unit?, at?, text}]}`. `meter` is the id of the meter a line belongs to: the own one, or the one on the
 * channel of its OBIS code; absent where that has no id. Times are ISO with their offset. The CRC after `!` is verified
 * where there is one; a bad line becomes a failure in its place.
 */
export function dsmr({ check = 'reject' }: CheckOptions): Decoder {
  return (input, { limits }) => {
    const whole = asText(input);
    const begin = whole.indexOf('/');
    const end = whole.indexOf('!', begin + 1);
    if (begin < 0 || whole.slice(0, begin).trim() !== '') throw new DecodeError('a telegram begins with /');
    if (end < 0) throw new DecodeError('the telegram has no end (!)');
    const tree: Record<string, unknown> = {};
    const given = /^!([0-9a-fA-F]{4})\s*$/.exec(whole.slice(end, end + 20))?.[1]?.toUpperCase();
    if (given === undefined && whole.slice(end + 1).trim() !== '') {
      throw new DecodeError(`behind ! comes ${JSON.stringify(whole.slice(end + 1, end + 21))}, no CRC of four digits`);
    }
    if (given !== undefined) {
      const bytes = Uint8Array.from(whole.slice(begin, end + 1), (sign) => sign.charCodeAt(0) & 0xff);
      const computed = hex16(crc16Arc(bytes));
      tree.valid = given === computed;
      if (!tree.valid && check === 'reject') {
        throw new DecodeError(`the CRC behind ! is ${given}, the telegram gives ${computed}`);
      }
    }
    const texts = whole.slice(begin + 1, end).split(/\r?\n/, limits.elements + 2);
    if (texts.length > limits.elements + 1) throw new DecodeError(`more than ${limits.elements} lines`, 'too-many');
    tree.header = (texts.shift() ?? '').trim().slice(0, 200);
    const lines = texts.filter((text) => text.trim() !== '').map((text) => readLine(text.trim()));
    const known = lines.filter((line): line is Line => !(line instanceof Failure));
    const said = (obis: string): string | undefined => known.find((line) => line.obis === obis)?.groups[0] || undefined;
    const meters = new Map<string, string>();
    for (const { obis, channel, groups } of known) {
      const id = groups[0];
      if (id && CHANNEL_ID.test(obis)) meters.set(channel, id);
    }
    const own = said(OWN_ID);
    if (own !== undefined) tree.id = own;
    const clock = isoTime(said(CLOCK) ?? '');
    if (clock !== undefined) tree.at = clock;
    tree.rows = lines.map((line) => {
      if (line instanceof Failure) return line;
      const channel = Number(line.channel);
      // "1-0", "1-3" and "0-0" are the meter itself; only a medium of 0 counts channels
      const attached = channel > 0 && line.obis.startsWith('0-');
      const meter = attached ? meters.get(line.channel) : own;
      return { ...measured(line), channel, ...(meter === undefined ? {} : { meter }) };
    });
    return tree;
  };
}
