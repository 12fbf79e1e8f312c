/**
 * The part of JSON Schema (draft-07) in which operators and decoders describe their arguments. One description serves
 * the check at compile time, the reference, and the editors' schema of packs.
 */
export interface ArgSchema {
  description?: string;
  type?: 'number' | 'integer' | 'string' | 'boolean' | 'array' | 'object';
  enum?: readonly (string | number | boolean | null)[];
  const?: string | number | boolean;
  anyOf?: readonly ArgSchema[];
  /** one schema for all items, or one each */
  items?: ArgSchema | readonly ArgSchema[];
  minItems?: number;
  maxItems?: number;
  properties?: Readonly<Record<string, ArgSchema>>;
  required?: readonly string[];
  additionalProperties?: ArgSchema | false;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
}

const SCALAR_TYPES: readonly ArgSchema[] = [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }];
/** text, number, true or false */
export const SCALAR: ArgSchema = { anyOf: SCALAR_TYPES };
/** the same, or null */
export const SCALAR_OR_NULL: ArgSchema = { anyOf: [...SCALAR_TYPES, { enum: [null] }] };

function typeProblem(type: NonNullable<ArgSchema['type']>, value: unknown): string | null {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value) ? null : 'a whole number';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'a number';
    case 'array':
      return Array.isArray(value) ? null : 'a list';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'a map';
    case 'string':
      return typeof value === 'string' ? null : 'a text';
    default:
      return typeof value === 'boolean' ? null : 'true or false';
  }
}

function listProblem(schema: ArgSchema, list: readonly unknown[], where: string): string | null {
  const { items } = schema;
  if (schema.minItems !== undefined && list.length < schema.minItems) return `${where} needs ${schema.minItems} items`;
  if (schema.maxItems !== undefined && list.length > schema.maxItems) return `${where} takes ${schema.maxItems} items`;
  if (!items) return null;
  for (let i = 0; i < list.length; i++) {
    const each = Array.isArray(items) ? (items as readonly ArgSchema[])[i] : (items as ArgSchema);
    const problem = each ? argsProblem(each, list[i], `${where}[${i}]`) : null;
    if (problem) return problem;
  }
  return null;
}

function mapProblem(schema: ArgSchema, map: Record<string, unknown>, where: string): string | null {
  for (const name of schema.required ?? []) if (!Object.hasOwn(map, name)) return `${where} needs ${name}`;
  for (const name of Object.keys(map)) {
    const known = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    const sub = known ?? schema.additionalProperties;
    if (sub === false) {
      return `${where} does not know ${name}; it knows ${Object.keys(schema.properties ?? {}).join(', ') || 'nothing'}`;
    }
    const problem = sub ? argsProblem(sub, map[name], `${where}.${name}`) : null;
    if (problem) return problem;
  }
  return null;
}

/** The alternatives of a schema, those of its alternatives among them. */
function options(schema: ArgSchema): readonly ArgSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(options) : [schema];
}

/** What none of the alternatives takes: said of the one that was meant, where the kind of the value tells it. */
function anyProblem(schema: ArgSchema, value: unknown, where: string): string | null {
  const mustBe = `${where} must be `;
  const problems = new Set<string>();
  for (const option of options(schema)) {
    const problem = argsProblem(option, value, where);
    if (problem === null) return null;
    problems.add(problem);
  }
  const meant = [...problems].filter((problem) => !problem.startsWith(mustBe));
  if (meant.length > 0) return meant.join(', or ');
  const kinds = [...problems].map((problem) => problem.slice(mustBe.length));
  const found = value === null ? ', not null' : '';
  return kinds.length < 2
    ? `${mustBe}${kinds.join('')}${found}`
    : `${mustBe}${kinds.slice(0, -1).join(', ')}, or ${kinds.at(-1)}${found}`;
}

/** A sentence saying what is wrong with the arguments, or null. */
export function argsProblem(schema: ArgSchema, value: unknown, where: string): string | null {
  if (schema.anyOf) return anyProblem(schema, value, where);
  if (schema.enum && !schema.enum.includes(value as never)) {
    return `${where} must be one of ${schema.enum.map(String).join(', ')}`;
  }
  if (schema.const !== undefined && value !== schema.const) return `${where} must be ${String(schema.const)}`;
  if (!schema.type) return null;
  const type = typeProblem(schema.type, value);
  if (type) return `${where} must be ${type}`;
  if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum) return `${where} must be at least ${schema.minimum}`;
    if (schema.maximum !== undefined && value > schema.maximum) return `${where} must be at most ${schema.maximum}`;
  }
  if (typeof value === 'string') {
    if (value.length < (schema.minLength ?? 0)) return `${where} must not be empty`;
    if (value.length > (schema.maxLength ?? 10_000)) return `${where} is too long`;
  }
  if (Array.isArray(value)) return listProblem(schema, value, where);
  return schema.type === 'object' ? mapProblem(schema, value as Record<string, unknown>, where) : null;
}
