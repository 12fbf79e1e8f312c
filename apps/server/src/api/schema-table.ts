import type { JsonSchema } from '@citywall/pack-schema';

interface Row {
  path: string;
  form: string;
  meaning: string;
}

/**
 * A heading, what the schema says of itself, and its keys. Keys that must be there are **bold**; forms that have a name are
 * links into the same page.
 */
export function schemaSection(title: string, schema: JsonSchema): string[] {
  const lines = [`## ${title}`, ''];
  if (schema.description !== undefined) lines.push(schema.description, '');
  return [...lines, ...schemaTable(schema)];
}

/** The keys of a schema as lines of a Markdown table, nested ones with their path; of one without keys its form. */
export function schemaTable(schema: JsonSchema, name = 'key'): string[] {
  const rows = rowsOf(schema, '', false);
  const [only] = rows;
  if (rows.length === 0) return [];
  if (rows.length === 1 && only?.path === '') return [`Form: ${only.form}`, ''];
  const lines = [`| ${name} | form | meaning |`, '| --- | --- | --- |'];
  for (const row of rows) lines.push(`| ${row.path} | ${row.form} | ${row.meaning} |`);
  return [...lines, ''];
}

/** One row a key, nested ones with their path; alternatives that are maps one after the other. */
function rowsOf(schema: JsonSchema, path: string, required: boolean): Row[] {
  const inner = plain(schema);
  const maps = alternatives(inner).filter((branch) => plain(branch).properties !== undefined);
  const rows: Row[] = [];
  const form = formOf(inner);
  const own = path === '' && maps.length > 0 ? [] : [row(path, form, schema, required)];
  rows.push(...own);
  for (const [index, branch] of maps.entries()) {
    if (maps.length > 1)
      rows.push({
        path: path === '' ? `*form ${index + 1}*` : `${code(path)} *form ${index + 1}*`,
        form: '',
        meaning: '',
      });
    rows.push(...members(plain(branch), path));
  }
  for (const branch of alternatives(inner)) {
    const { items, additionalProperties } = plain(branch);
    if (items !== undefined && !Array.isArray(items) && hasMembers(items)) rows.push(...under(items, `${path}[]`));
    if (typeof additionalProperties === 'object' && hasMembers(additionalProperties)) {
      rows.push(...under(additionalProperties, `${path}.*`));
    }
  }
  return rows;
}

function members(schema: JsonSchema, path: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) =>
    rowsOf(
      member,
      path === '' ? key : `${path}.${key}`,
      (schema.required ?? []).includes(key) && member.default === undefined,
    ),
  );
}

/** The rows of elements, without one for the element itself. */
function under(schema: JsonSchema, path: string): Row[] {
  return rowsOf(schema, path, false).slice(1);
}

function hasMembers(schema: JsonSchema): boolean {
  return alternatives(plain(schema)).some((branch) => plain(branch).properties !== undefined);
}

function row(path: string, form: string, schema: JsonSchema, required: boolean): Row {
  const name = path === '' ? '' : required ? `**${code(path)}**` : code(path);
  return { path: name, form, meaning: cell(withDefault(schema.description ?? '', schema.default)) };
}

/** What is said may be a sentence, or words that go on. */
function withDefault(said: string, value: unknown): string {
  if (isEmpty(value)) return said;
  const fallback = code(JSON.stringify(value));
  return said === '' || said.endsWith('.') ? `${said} Default ${fallback}.` : `${said}; default ${fallback}`;
}

/** No default is worth a word, nor an empty list or map. */
function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** `allOf` of one reference only carries a description beside it. */
function plain(schema: JsonSchema): JsonSchema {
  const [only, ...more] = schema.allOf ?? [];
  return only !== undefined && more.length === 0 ? only : schema;
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf ?? schema.oneOf ?? [schema];
}

function formOf(written: JsonSchema): string {
  const schema = plain(written);
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  }
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(formOf))].join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(' ');
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.type === 'array') {
    if (Array.isArray(schema.items)) return `[${schema.items.map(formOf).join(', ')}]`;
    return schema.items === undefined ? 'list' : `list of ${grouped(schema.items)}`;
  }
  if (schema.type === 'object') {
    const { additionalProperties: rest } = schema;
    return typeof rest === 'object' && schema.properties === undefined ? `map of ${grouped(rest)}` : 'map';
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'anything'];
  return types.map((type) => TYPE_WORDS[type] ?? type).join(' or ');
}

/** Alternatives within a list or map stand in parentheses. */
function grouped(schema: JsonSchema): string {
  const form = formOf(schema);
  return form.includes(' or ') ? `(${form})` : form;
}

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true or false',
  null: 'null',
};

const code = (text: string): string => `\`${text}\``;

/** Text for one cell of a Markdown table: one line, no bar. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
}
