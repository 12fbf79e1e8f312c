import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { type Permission, POLICY } from '../auth/policy.js';
import { ROLES } from '../auth/session.js';
import { ENDPOINTS, type Endpoint } from './endpoints.js';
import { PROBLEMS, type ProblemReason } from './problem.js';

type Json = Record<string, unknown>;

/** What every endpoint may answer besides its own. */
const ALWAYS: ProblemReason[] = ['invalid-parameter', 'host-refused', 'rate-limited', 'internal', 'unavailable'];

const GROUPS: Record<Endpoint['group'], string> = {
  city: 'What is so now: systems, assets, series',
  alarms: 'Standing alarms, what happened to them, and what people do to them',
  journals: 'What happened: readings, occurrences, rejections',
  inspector: 'Where it comes from: feeds, their messages, explanations, trials and re-runs',
  house: 'CityWall itself: notices, scenes, packs',
  simulator: 'The simulated city of a demonstration (only with `CITYWALL_DEMO=1`)',
  sessions: 'Log in and out, the own password and second factor',
  accounts: 'Who may log in',
  audit: 'Who did what',
  handover: 'From shift to shift',
  notifications: 'Who is told outside, and what did not arrive',
};

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'reason'],
  properties: {
    type: { type: 'string', examples: ['urn:citywall:problem:not-found'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'path of the request' },
    reason: { type: 'string', enum: Object.keys(PROBLEMS) },
    parameters: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'in', 'detail'],
        properties: {
          name: { type: 'string' },
          in: { type: 'string', enum: ['query', 'path', 'body'] },
          detail: { type: 'string' },
          allowed: { type: 'array', items: { type: 'string' } },
        },
      },
    },
    problems: {
      type: 'array',
      description: 'what is wrong in a pack, with file, line and column',
      items: {
        type: 'object',
        required: ['file', 'line', 'col', 'message', 'path'],
        properties: {
          file: { type: 'string' },
          line: { type: 'integer' },
          col: { type: 'integer' },
          message: { type: 'string' },
          path: { type: 'string' },
        },
      },
    },
  },
};

/**
 * The whole interface as OpenAPI 3.1, made from the table of endpoints: needs no running server.
 */
export function openApiDocument(): OpenAPIObject {
  const paths: Record<string, Json> = {};
  for (const endpoint of ENDPOINTS) {
    paths[endpoint.path] ??= {};
    Object.assign(paths[endpoint.path] as Json, { [endpoint.method]: operation(endpoint) });
  }
  const document: Json = {
    openapi: '3.1.0',
    info: {
      title: 'CityWall',
      version: '1',
      description:
        'State of the city as CityWall shows it. Times are ISO 8601 with offset; lists are `{items, next}`; errors are RFC 9457 problem details. Reading needs no log-in on loopback in demo mode; commands always do.',
    },
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'citywall_session' },
      },
    },
  };
  return document as unknown as OpenAPIObject;
}

function operation(endpoint: Endpoint): Json {
  const permission: Permission = POLICY[endpoint.action];
  const answers: Json = {
    [endpoint.status]: endpoint.answer
      ? {
          description: endpoint.lines ? 'the answer, one item a line' : 'the answer',
          content: {
            [contentType(endpoint)]: {
              schema: schemaOf(endpoint.answer, 'output'),
            },
          },
        }
      : { description: 'done, no body' },
    ...problemAnswers(endpoint),
  };
  return {
    operationId: operationId(endpoint),
    summary: endpoint.summary,
    tags: [endpoint.group],
    description: whoMay(permission),
    security: securityOf(permission),
    parameters: [...pathParameters(endpoint), ...queryParameters(endpoint)],
    ...(endpoint.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(endpoint.body, 'input') } },
          },
        }
      : {}),
    responses: answers,
  };
}

function contentType({ lines, table }: Endpoint): string {
  if (table) return 'text/csv';
  return lines ? 'application/x-ndjson' : 'application/json';
}

/** An empty requirement says: also without. */
function securityOf({ kind, who }: Permission): Json[] {
  if (kind === 'open') return [];
  const sessions = [{ bearer: [] }, { cookie: [] }];
  return who.includes('local') ? [{}, ...sessions] : sessions;
}

function whoMay({ kind, who, lead }: Permission): string {
  if (kind === 'open') return 'For everybody.';
  const roles = who.filter((party) => party !== 'local').join(', ');
  const local = who.includes('local') ? '; on this machine in demo mode without log-in, too' : '';
  return `For ${roles}${lead ? ' (with the grant lead)' : ''}${local}.`;
}

/** `get /api/v1/assets/{id}/series/{metric}` → `getAssetsIdSeriesMetric`. */
function operationId({ method, path }: Endpoint): string {
  const words = path
    .replace('/api/v1/', '')
    .split(/[^A-Za-z]+/)
    .filter(Boolean);
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

function pathParameters(endpoint: Endpoint): Json[] {
  return Object.entries(endpoint.parameters ?? {}).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaOf(schema, 'input'),
  }));
}

function queryParameters(endpoint: Endpoint): Json[] {
  return Object.entries(endpoint.query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema as z.ZodType, 'input');
    return { name, in: 'query', required: false, ...(description === undefined ? {} : { description }), schema: rest };
  });
}

function problemAnswers(endpoint: Endpoint): Json {
  const { kind, who }: Permission = POLICY[endpoint.action];
  const own: ProblemReason[] = kind === 'open' ? [] : ['unauthorized'];
  if (kind === 'command') own.push('cross-site');
  if (kind !== 'open' && ROLES.some((role) => !who.includes(role))) own.push('forbidden');
  const byStatus = new Map<number, ProblemReason[]>();
  for (const reason of [...own, ...(endpoint.problems ?? []), ...ALWAYS]) {
    const { status } = PROBLEMS[reason];
    byStatus.set(status, [...(byStatus.get(status) ?? []), reason]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, reasons]) => [
      status,
      {
        description: reasons.map((reason) => `\`${reason}\` ${PROBLEMS[reason].title}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return json;
}
