import { z } from 'zod';
import { duration, entry } from '../common.js';
import { SPARKPLUG_TYPES } from './names.js';

/** How a simulated platform writes its payloads: the encoders of simulator.yaml. */

/** Numbers in bytes. */
export const BYTE_NUMBERS = [
  ...['u8', 'i8', 'u16be', 'u16le', 'i16be', 'i16le', 'u24be', 'u24le', 'u32be', 'u32le', 'i32be', 'i32le'],
  ...['u48be', 'u64be', 'u64le', 'i64be', 'i64le', 'f32be', 'f32le', 'f64be', 'f64le'],
] as const;
/** Texts in bytes: the text, and how many bytes it fills. */
export const BYTE_TEXTS = ['ascii', 'utf8', 'gbk', 'hex', 'bcd'] as const;

const size = z.int().min(1).max(1000);
const whole = z.enum(['u8', 'u16be', 'u16le', 'u32be', 'u32le']);

const numberField = z.union([
  z.tuple([z.enum(BYTE_NUMBERS), z.union([z.number(), z.string().min(1)])]),
  z.tuple([z.enum(BYTE_NUMBERS), z.union([z.number(), z.string().min(1)]), z.number()]),
]);
const textField = z.union([z.tuple([z.enum(BYTE_TEXTS), z.string()]), z.tuple([z.enum(BYTE_TEXTS), z.string(), size])]);
type WholeKind = z.output<typeof whole>;

/** A tag, the length of its value and the value: left out whole where a value of it is missing. */
export interface TlvField {
  tlv: number;
  /** @default u8 */
  tag?: WholeKind;
  /** @default u8 */
  length?: WholeKind | 'none';
  fields: ByteField[];
}

/** Fields that come once a row. */
export interface EachField {
  each: ByteField[];
  /** the number of rows stands before them */
  count?: WholeKind;
}

export type ByteField = z.output<typeof numberField> | z.output<typeof textField> | TlvField | EachField;

/** `[u16be, value.temp, 10]` · `[ascii, '{key}', 12]` · `{ tlv: 1, fields: […] }` · `{ each: […], count: u8 }` */
export const byteFields: z.ZodType<ByteField[]> = z
  .array(
    z.union([
      numberField,
      textField,
      entry({
        tlv: z.int().min(0).meta({ description: 'The tag.' }),
        tag: whole.exactOptional(),
        length: z.union([whole, z.literal('none')]).exactOptional(),
        fields: z
          .lazy((): z.ZodType<ByteField[]> => byteFields)
          .meta({ description: 'The value; left out with its tag where one of them is missing.' }),
      }),
      entry({
        each: z.lazy((): z.ZodType<ByteField[]> => byteFields).meta({ description: 'These fields a row.' }),
        count: whole.exactOptional().meta({ description: 'The number of rows before them.' }),
      }),
    ]),
  )
  .min(1)
  .meta({
    id: 'SimulatorBytes',
    description:
      'In their order: [kind, number or path, factor] · [ascii utf8 gbk hex bcd, text, size] · {tlv, fields} · {each, count}.',
  });

const as = z.enum(['base64', 'hex']);
const path = z.string().min(1);

/** Maps of a json payload that stand for something else, by the key that tells them. */
const TYPED = {
  $: entry({
    $: path.meta({ description: 'The value itself: a number as a number.' }),
    as: z.literal('text').exactOptional().meta({ description: 'As text, in its decimals.' }),
    optional: z.boolean().exactOptional().meta({ description: 'Left out, with its key, where there is no value.' }),
  }),
  $each: entry({
    $each: z.unknown().meta({ description: 'One item a row.' }),
    key: z.string().exactOptional().meta({ description: 'Makes a map by this text instead of a list.' }),
    when: path.exactOptional().meta({ description: 'Rows without this value, or with 0, false or "", are left out.' }),
  }),
  $bytes: entry({ $bytes: byteFields, as: as.exactOptional() }),
  $json: entry({ $json: z.unknown().meta({ description: 'A tree written as text: JSON inside a JSON string.' }) }),
} as const;

/** Any JSON; maps that begin with $ are checked. */
const jsonTree = z.unknown().superRefine((tree, context) => {
  const walk = (node: unknown, at: (string | number)[]): void => {
    if (Array.isArray(node)) {
      node.forEach((item, index) => {
        walk(item, [...at, index]);
      });
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const mark = Object.keys(node).find((key) => key.startsWith('$'));
    if (mark === undefined) {
      for (const [key, value] of Object.entries(node)) walk(value, [...at, key]);
      return;
    }
    const known = Object.hasOwn(TYPED, mark) ? TYPED[mark as keyof typeof TYPED] : undefined;
    if (known === undefined) {
      const message = `"${mark}" is none of ${Object.keys(TYPED).join(', ')}`;
      context.addIssue({ code: 'custom', path: [...at, mark], message });
      return;
    }
    for (const issue of known.safeParse(node).error?.issues ?? []) {
      context.addIssue({
        code: 'custom',
        path: [...at, ...(issue.path as (string | number)[])],
        message: issue.message,
      });
    }
    if (mark === '$each' || mark === '$json') walk((node as Record<string, unknown>)[mark], [...at, mark]);
  };
  walk(tree, []);
});

/** What may be done to the bytes of any of them. */
const wrapped = {
  charset: z.enum(['gbk', 'gb18030', 'utf-8-bom']).exactOptional().meta({
    description: 'Default utf-8 without a mark. What gbk has no sign for becomes "?".',
  }),
  gzip: z.boolean().exactOptional().meta({ description: 'Compressed.' }),
};

export const simulatorPayload = z
  .union([
    entry({ json: jsonTree, ...wrapped }),
    entry({ text: z.string(), ...wrapped }),
    entry({ xml: z.string(), ...wrapped }),
    entry({
      lines: z.string().meta({ description: 'One line a row.' }),
      header: z.string().exactOptional().meta({ description: 'The line before them.' }),
      end: z.enum(['crlf', 'lf']).default('crlf'),
      when: path.exactOptional().meta({ description: 'As in $each.' }),
      ...wrapped,
    }),
    entry({
      hj212: z.string().meta({ description: 'The data of a packet; ##, length, CRC and CR LF come around it.' }),
      ...wrapped,
    }),
    entry({
      bytes: byteFields,
      as: as.exactOptional().meta({ description: 'Default the bytes themselves.' }),
      gzip: wrapped.gzip,
    }),
  ])
  .meta({
    id: 'SimulatorPayload',
    description:
      'json: a tree · text · xml: a text, values escaped · lines: one line a row · hj212: a packet · bytes: packed fields.',
  });

export const simulatorSparkplug = entry({
  device: z.string().min(1).default('{key}').meta({ description: 'Name of a device: the asset.' }),
  births: duration.default(600_000).meta({ description: 'Births come again this often, beside the start.' }),
  metrics: z
    .array(
      entry({
        name: z.string().min(1).meta({ description: 'As births say it; data name the alias alone.' }),
        type: z.enum(SPARKPLUG_TYPES),
        value: path.meta({ description: 'As in $: value.power. A missing value is null.' }),
      }),
    )
    .min(1),
}).meta({
  description:
    'Sparkplug B: `topic` is spBv1.0/{group}, `by` the attribute that names the edge node, an asset is a device below it.',
});

/** Rows of earlier moments in the same message. */
export const simulatorHistory = entry({
  count: z.int().min(2).max(1000).meta({ description: 'Rows an asset: the newest is now.' }),
  every: duration.refine((ms) => ms > 0, 'expected more than no time'),
}).meta({ description: 'Each asset brings its last rows again with every message, oldest first.' });

export type SimulatorSparkplug = z.output<typeof simulatorSparkplug>;
export type SimulatorPayload = z.output<typeof simulatorPayload>;
