import { describe, expect, it } from '@jest/globals';
import { HttpException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { PROBLEMS, Problem, toProblem } from '../../../../../apps/server/src/api/problem.js';

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('problem', () => {
  it('has all members of RFC 9457', () => {
    expect(new Problem('host-refused', 'why').details('/x')).toEqual({
      type: 'urn:citywall:problem:host-refused',
      title: 'This host is not served',
      status: 403,
      detail: 'why',
      instance: '/x',
      reason: 'host-refused',
    });
  });

  it.each([
    [new NotFoundException('Cannot GET /secret'), 'not-found'],
    [new PayloadTooLargeException(), 'too-large'],
    [Object.assign(new Error('request entity too large'), { status: 413, type: 'entity.too.large' }), 'too-large'],
    [Object.assign(new SyntaxError('Unexpected token secret'), { status: 400 }), 'malformed-request'],
    [Object.assign(new Error('unsupported charset "X"'), { status: 415 }), 'unsupported-media-type'],
    [new URIError("Failed to decode param '%zz'"), 'malformed-request'],
    [new HttpException('teapot', 418), 'malformed-request'],
    [named('MaxRetriesPerRequestError', 'Reached the max retries per request limit'), 'unavailable'],
    [new Error("Stream isn't writeable and enableOfflineQueue options is false"), 'unavailable'],
    [new Error('Connection is closed.'), 'unavailable'],
    [new Error('connect ENOENT /run/redis.sock'), 'unavailable'],
    [new Error('MISCONF Redis is configured to save RDB snapshots'), 'unavailable'],
    [new Error('OOM command not allowed when used memory > maxmemory'), 'unavailable'],
    [new TypeError("Cannot read properties of undefined (reading 'secret')"), 'internal'],
    ['a string', 'internal'],
    [undefined, 'internal'],
  ])('%p is %s', (error, reason) => {
    const problem = toProblem(error);
    expect(problem.reason).toBe(reason);
    expect(JSON.stringify(problem.details('/'))).not.toContain('secret');
    expect(problem.status).toBe(PROBLEMS[problem.reason].status);
  });

  it('a problem stays what it is', () => {
    const problem = new Problem('locked', 'x', { retryAfter: 3 });
    expect(toProblem(problem)).toBe(problem);
  });
});
