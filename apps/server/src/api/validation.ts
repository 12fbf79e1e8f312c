import type { PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { type ParameterProblem, Problem } from './problem.js';

/** Checks a query, a path parameter or a body; everything wrong with it is told at once. */
export class Validated<Shape extends z.ZodType> implements PipeTransform<unknown, z.output<Shape>> {
  constructor(
    private readonly schema: Shape,
    private readonly place: ParameterProblem['in'],
  ) {}

  /** @throws Problem `invalid-parameter`, naming each parameter and what it may be */
  transform(value: unknown): z.output<Shape> {
    const parsed = this.schema.safeParse(value ?? {});
    if (parsed.success) return parsed.data;
    const known = this.schema instanceof z.ZodObject ? Object.keys(this.schema.shape) : [];
    const parameters = parsed.error.issues.flatMap((issue) => problemsOf(issue, this.place, known, value));
    const names = [...new Set(parameters.map((parameter) => parameter.name))].join(', ');
    throw new Problem('invalid-parameter', `${this.place}: ${names}`, { parameters });
  }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  place: ParameterProblem['in'],
  known: string[],
  value: unknown,
): ParameterProblem[] {
  const name = issue.path.map(String).join('.') || place;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, 20).map((key) => ({
        name: key.slice(0, 100),
        in: place,
        detail: 'is not a parameter here',
        allowed: known,
      }));
    case 'invalid_value':
      return [{ name, in: place, detail: 'is not one of the allowed values', allowed: issue.values.map(String) }];
    case 'invalid_type': {
      const given = at(value, issue.path);
      if (given === undefined) return [{ name, in: place, detail: 'is missing' }];
      if (place === 'query' && Array.isArray(given)) return [{ name, in: place, detail: 'is given more than once' }];
      return [{ name, in: place, detail: issue.message }];
    }
    default:
      return [{ name, in: place, detail: issue.message }];
  }
}

function at(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      found !== null && typeof found === 'object' && Object.hasOwn(found, key) ? found[key as never] : undefined,
    value,
  );
}
