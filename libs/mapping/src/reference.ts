import type { ArgSchema } from './args.js';
import { toHex } from './base64.js';
import { DECODERS } from './decode/index.js';
import { OPERATORS } from './ops/index.js';
import type { OpExample } from './ops/operator.js';
import { unitSpellings } from './ops/units.js';

/** Arguments as people read them: `[number, text]`, `{at?: whole number, size: whole number}`. */
function said(schema: ArgSchema | null): string {
  if (!schema) return 'none';
  if (schema.anyOf) return [...new Set(schema.anyOf.map(said))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => (value === null ? 'null' : `\`${String(value)}\``)).join(' or ');
  switch (schema.type) {
    case 'integer':
      return 'whole number';
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'array': {
      const { items } = schema;
      if (Array.isArray(items)) return `[${(items as readonly ArgSchema[]).map(said).join(', ')}]`;
      const item = items ? said(items as ArgSchema) : 'any';
      return schema.maxItems === 2 ? `[${item}, ${item}]` : `list of ${item}`;
    }
    case 'object': {
      const names = Object.entries(schema.properties ?? {}).map(
        ([name, of]) => `${name}${schema.required?.includes(name) ? '' : '?'}: ${said(of)}`,
      );
      const more = schema.additionalProperties ? `any name: ${said(schema.additionalProperties)}` : '';
      return `{${[...names, more].filter(Boolean).join(', ')}}`;
    }
    default:
      return schema.type ?? 'any';
  }
}

function literal(value: unknown): string {
  if (value === undefined) return '*missing*';
  if (value instanceof Uint8Array) return `bytes \`${toHex(value)}\``;
  return `\`${JSON.stringify(value).replaceAll('|', '\\|')}\``;
}

function example(name: string, { args, in: input, out }: OpExample): string {
  const written = args === undefined ? name : `{ ${name}: ${JSON.stringify(args)} }`;
  return `${literal(input)} → \`${written.replaceAll('|', '\\|')}\` → ${literal(out)}`;
}

/** The reference of operators and decoders as Markdown, made from their tables. */
export function operatorReference(): string {
  const lines = [
    '# Operators and decoders',
    '',
    '<!-- Generated from the tables in libs/mapping. Do not edit. -->',
    '',
    'An operator stands in the list `ops` of a value, as its bare name or as one key with its arguments:',
    '`ops: [number, { scale: 0.01 }, { round: 2 }]`. Each takes what the one before it gave. A missing value passes all',
    'operators but `default`; a value that an operator cannot take rejects that part of the message and nothing else.',
    '',
    '## Operators',
    '',
    '| operator | takes → gives | arguments | what it does | examples |',
    '| --- | --- | --- | --- | --- |',
    ...OPERATORS.map((operator) => {
      const args = said(operator.args).replaceAll('|', '\\|') + (operator.bare ? ' (may be left out)' : '');
      const examples = operator.examples.map((one) => example(operator.name, one)).join('<br>');
      return `| \`${operator.name}\` | ${operator.takes} → ${operator.gives} | ${args} | ${operator.doc} | ${examples} |`;
    }),
    '',
    '## Units',
    '',
    'For `unit`. Spellings on one line measure the same thing.',
    '',
    ...Object.entries(unitSpellings()).map(
      ([dimension, names]) => `- ${dimension}: ${names.map((n) => `\`${n}\``).join(' ')}`,
    ),
    '',
    '## Decoders',
    '',
    'For `decode`, one or a chain: `decode: [hex, bytes]`. Without `decode` a payload is JSON.',
    '',
    '| decoder | options | what it gives |',
    '| --- | --- | --- |',
    ...DECODERS.map((entry) => `| \`${entry.name}\` | ${said(entry.options)} | ${entry.doc} |`),
    '',
  ];
  return lines.join('\n');
}
