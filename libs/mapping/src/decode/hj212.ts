import { DecodeError } from '../failure.js';
import type { Decoder, Limits } from '../mapped.js';
import { charset } from '../text-decoder.js';
import { crcHj212, hex16 } from './checks.js';
import { bare } from './decoder.js';
import { latin } from './reader.js';

export interface CheckOptions {
  /** `mark` takes a frame whose check does not hold and says `valid: false` in the tree */
  check?: 'reject' | 'mark';
}

const HEAD = 6;
const TAIL = 4;
/** `a34004-Rtd`: factor and what of it; these say something of the factor instead of measuring. */
const ABOUT = new Set(['Flag', 'EFlag', 'SampleTime']);

const utf8 = charset('utf-8');
const gb18030 = charset('gb18030');

function textOf(bytes: Uint8Array): string {
  for (const decoder of [utf8, gb18030]) {
    try {
      return decoder.decode(bytes);
    } catch {
      // the next character set
    }
  }
  throw new DecodeError('the data are neither UTF-8 nor GBK');
}

/** Cuts at a sign, up to a number of parts. */
function parts(text: string, sign: string, { elements }: Limits): string[] {
  const list = text.split(sign, elements + 1);
  if (list.length > elements) throw new DecodeError(`more than ${elements} fields`, 'too-many');
  return list.filter((part) => part !== '');
}

interface Factor {
  factor: string;
  about: Record<string, unknown>;
  values: [kind: string, value: string][];
}

/** `a34004-Rtd=41.0,a34004-Flag=N`: what is said of one factor, or plain fields (`DataTime=…`). */
function group(text: string, fields: Record<string, unknown>, limits: Limits): Factor[] {
  const factors = new Map<string, Factor>();
  for (const part of parts(text, ',', limits)) {
    const equals = part.indexOf('=');
    if (equals <= 0) throw new DecodeError(`${JSON.stringify(part.slice(0, 40))} is no name=value`);
    const name = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    const dash = name.lastIndexOf('-');
    if (dash <= 0) {
      fields[name] = value;
      continue;
    }
    const id = name.slice(0, dash);
    const kind = name.slice(dash + 1);
    let factor = factors.get(id);
    if (!factor) {
      factor = { factor: id, about: bare(), values: [] };
      factors.set(id, factor);
    }
    if (ABOUT.has(kind)) factor.about[kind] = value;
    else factor.values.push([kind, value]);
  }
  return [...factors.values()];
}

function command(text: string, limits: Limits): { fields: Record<string, unknown>; factors: Factor[] } {
  const fields = bare();
  const factors = parts(text, ';', limits).flatMap((one) => group(one, fields, limits));
  const count = factors.reduce((sum, { values }) => sum + values.length, 0);
  if (count > limits.elements) throw new DecodeError(`more than ${limits.elements} values`, 'too-many');
  return { fields, factors };
}

/**
 * A packet of HJ 212 (2005 and 2017): `##`, four digits of length, data, four hex digits of CRC. Gives the fields before
 * CP under their names (never the password), `cp` with the plain fields of the data part, and of its factors the rows
 * `{name: a34004-Rtd, factor, kind, value, flag?, eflag?, sampleTime?}` and, once a factor, `{factor, flag, …}`.
 */
export function hj212({ check = 'reject' }: CheckOptions): Decoder {
  return (input, { limits }) => {
    const bytes = input instanceof Uint8Array ? input : null;
    if (!bytes) throw new DecodeError('hj212 works on bytes, put it before text decoders');
    const head = latin(bytes.subarray(0, HEAD));
    if (!head.startsWith('##')) throw new DecodeError('the packet does not begin with ##');
    const size = /^##\d{4}$/.test(head) ? Number(head.slice(2)) : -1;
    if (size < 0) throw new DecodeError(`${JSON.stringify(head.slice(2))} at byte 2 is no length of four digits`);
    const end = HEAD + size;
    const tail = latin(bytes.subarray(end, end + TAIL + 2 + 1));
    const given = /^([0-9a-fA-F]{4})(\r?\n)?$/.exec(tail)?.[1]?.toUpperCase();
    if (given === undefined) {
      const after = bytes.length - HEAD;
      throw new DecodeError(`the length says ${size} bytes, a CRC of four digits does not follow them (${after} came)`);
    }
    const body = bytes.subarray(HEAD, end);
    const computed = hex16(crcHj212(body));
    const valid = given === computed;
    if (!valid && check === 'reject') {
      throw new DecodeError(`the CRC at byte ${end} is ${given}, the bytes before it give ${computed}`);
    }
    const text = textOf(body);
    const opened = text.indexOf('CP=&&');
    const closed = text.lastIndexOf('&&');
    if (opened < 0 || closed < opened + 5) throw new DecodeError('there is no data part CP=&&…&&');
    const tree = bare();
    for (const part of parts(text.slice(0, opened), ';', limits)) {
      const equals = part.indexOf('=');
      const name = part.slice(0, equals).trim();
      if (equals > 0 && name !== 'PW') tree[name] = part.slice(equals + 1).trim();
    }
    const { fields, factors } = command(text.slice(opened + 5, closed), limits);
    tree.valid = valid;
    tree.cp = fields;
    tree.factors = factors.map(({ factor, about }) => ({
      factor,
      flag: about.Flag,
      eflag: about.EFlag,
      sampleTime: about.SampleTime,
    }));
    tree.rows = factors.flatMap(({ factor, about, values }) =>
      values.map(([kind, value]) => ({
        name: `${factor}-${kind}`,
        factor,
        kind,
        value,
        flag: about.Flag,
        eflag: about.EFlag,
        sampleTime: about.SampleTime,
      })),
    );
    return tree;
  };
}
