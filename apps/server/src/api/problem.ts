/**
 * Errors of the HTTP interface as RFC 9457 problem details. `type` is `urn:citywall:problem:<reason>`; the reasons are a
 * closed list, part of the public contract.
 */
export const PROBLEMS = {
  'invalid-parameter': { status: 400, title: 'A parameter is not allowed' },
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  unauthorized: { status: 401, title: 'Log in first' },
  'second-factor': { status: 401, title: 'The second factor is needed' },
  'password-change': { status: 403, title: 'Choose a password first' },
  'wrong-credentials': { status: 401, title: 'User or password is wrong' },
  'host-refused': { status: 403, title: 'This host is not served' },
  'cross-site': { status: 403, title: 'Another site may not give commands' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'It cannot be done as things stand' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has to be JSON' },
  'invalid-pack': { status: 422, title: 'The pack would not be valid' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  locked: { status: 429, title: 'Too many failed log-ins' },
  internal: { status: 500, title: 'A defect of ours' },
  unavailable: { status: 503, title: 'State cannot be read or written now' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemReason = keyof typeof PROBLEMS;

/** One parameter that was refused, and what would be taken. */
export interface ParameterProblem {
  name: string;
  in: 'query' | 'path' | 'body';
  detail: string;
  /** allowed values, where they are a list */
  allowed?: string[];
}

/** What is wrong in a pack's file, and where. */
export interface PackProblem {
  file: string;
  /** from 1, as `col` */
  line: number;
  col: number;
  message: string;
  path: string;
}

/** Body of an error response, `application/problem+json`. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** path of the request */
  instance: string;
  reason: ProblemReason;
  parameters?: ParameterProblem[];
  /** of a pack that would not be valid */
  problems?: PackProblem[];
  /** of a conflict over an alarm: the alarm as it is */
  alarm?: object;
}

/** Thrown by guards, controllers and services; `ProblemFilter` turns it into the response. */
export class Problem extends Error {
  constructor(
    readonly reason: ProblemReason,
    readonly detail: string,
    readonly extra: {
      parameters?: ParameterProblem[];
      problems?: PackProblem[];
      /** the alarm as it is, where a command did not find it so */
      alarm?: object;
      /** seconds until it makes sense to try again (header `Retry-After`) */
      retryAfter?: number;
    } = {},
  ) {
    super(`${reason}: ${detail}`);
    this.name = 'Problem';
  }

  get status(): number {
    return PROBLEMS[this.reason].status;
  }

  details(instance: string): ProblemDetails {
    return {
      type: `urn:citywall:problem:${this.reason}`,
      title: PROBLEMS[this.reason].title,
      status: this.status,
      detail: this.detail,
      instance,
      reason: this.reason,
      ...(this.extra.parameters === undefined ? {} : { parameters: this.extra.parameters }),
      ...(this.extra.problems === undefined ? {} : { problems: this.extra.problems }),
      ...(this.extra.alarm === undefined ? {} : { alarm: this.extra.alarm }),
    };
  }
}

/** Names ioredis and Node give to errors of a connection that is gone, and replies of a Redis that refuses. */
const REDIS_GONE = /^(MaxRetriesPerRequestError|ConnectionTimeoutError|ClusterAllFailedError)$/;
const REDIS_GONE_TEXT =
  /Connection is closed|Stream isn't writeable|ECONNREFUSED|ENOENT.*\.sock|ECONNRESET|EPIPE|Command timed out/;
const REDIS_REFUSES = /^(MISCONF|OOM|READONLY|LOADING|NOREPLICAS|BUSY|CLUSTERDOWN)\b/;

/** Whatever was thrown, as a problem. Details of defects stay in the log. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error)) return new Problem('internal', 'see the server log');
  const status = statusOf(error);
  if (status === 413) return new Problem('too-large', 'a body may have 1 MB');
  if (status === 415) return new Problem('unsupported-media-type', 'send application/json in UTF-8');
  if (status === 429) return new Problem('rate-limited', 'wait a moment and try again');
  if (status === 404) return new Problem('not-found', 'there is nothing at this address with this method');
  if (status === 401) return new Problem('unauthorized', 'log in at POST /api/v1/sessions');
  if (status === 403) return new Problem('forbidden', 'your role does not allow this');
  if (status !== undefined && status < 500) return new Problem('malformed-request', sentence(error));
  if (status === 503) return new Problem('unavailable', 'try again');
  if (REDIS_GONE.test(error.name) || REDIS_GONE_TEXT.test(error.message)) {
    return new Problem('unavailable', 'Redis does not answer; it is tried again all the time', { retryAfter: 1 });
  }
  if (REDIS_REFUSES.test(error.message)) {
    return new Problem('unavailable', 'Redis refuses commands (disk full or memory); see /readyz', { retryAfter: 5 });
  }
  return new Problem('internal', 'see the server log');
}

/** HTTP status of Nest's exceptions (`getStatus`) and of Express' and its parsers' (`status`). */
function statusOf(error: Error): number | undefined {
  const nest = (error as { getStatus?: () => number }).getStatus;
  if (typeof nest === 'function') return nest.call(error);
  if (error instanceof URIError) return 400;
  const status = (error as { status?: unknown }).status;
  return typeof status === 'number' ? status : undefined;
}

/** Parsers quote the input they could not read; nothing of it goes back. */
function sentence(error: Error): string {
  if (error instanceof SyntaxError || error.name === 'SyntaxError') return 'the body is not valid JSON';
  if (error instanceof URIError) return 'a path segment is not valid percent-encoding';
  return 'the request cannot be read';
}
