import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ENDPOINTS } from '../../../../../apps/server/src/api/endpoints.js';
import { apiReference } from '../../../../../apps/server/src/api/reference.js';

/** Sections of the page by their heading, `POST /api/v1/explain`. */
const sections = new Map(
  apiReference()
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);
const sectionOf = (method: string, path: string) => sections.get(`${method.toUpperCase()} ${path}`) ?? '';
const withBody = ENDPOINTS.flatMap(({ method, path, body }) => (body ? [{ method, path, body }] : []));

describe('api.md', () => {
  it('has a section for every endpoint', () => {
    expect([...sections.keys()].sort()).toEqual(
      ENDPOINTS.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort(),
    );
  });

  it.each(withBody)('tells the body of $method $path: every key, what it is, whether it must be there', (endpoint) => {
    const { properties = {}, required = [] } = z.toJSONSchema(endpoint.body, { io: 'input', unrepresentable: 'any' });
    const keys = Object.keys(properties);
    expect(keys.length).toBeGreaterThan(0);
    const [, told = ''] = sectionOf(endpoint.method, endpoint.path).split('Body, `application/json`:');
    const rows = [...told.matchAll(/^\| (\*\*)?`(\w+)`(?:\*\*)? \| (.+) \| (.+) \|$/gm)];
    expect(rows.map(([, bold, key]) => ({ key, must: bold !== undefined }))).toEqual(
      keys.map((key) => ({ key, must: required.includes(key) })),
    );
    for (const [, , key, form, meaning] of rows) {
      expect({ key, form, meaning }).not.toMatchObject({ form: 'anything' });
      expect(meaning!.trim().length).toBeGreaterThan(5);
    }
  });

  it('tells of no body where there is none', () => {
    for (const { method, path, body } of ENDPOINTS) {
      expect({ path, told: sectionOf(method, path).includes('Body,') }).toEqual({ path, told: body !== undefined });
    }
  });
});
