import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOTICE_REASONS } from '@citywall/model';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { Meters } from '../../../apps/server/src/ops/meters.js';

const { groups } = parse(readFileSync(join(import.meta.dirname, '../../../deploy/alerts.yaml'), 'utf8')) as {
  groups: { rules: { alert: string; expr: string; for: string; annotations: { summary: string } }[] }[];
};

it('the rules for Prometheus name metrics and reasons there are', async () => {
  const metrics = (await new Meters().registry.getMetricsAsJSON()).map(({ name }) => name);
  const rules = groups.flatMap(({ rules }) => rules);
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr, annotations } of rules) {
    for (const [name] of expr.matchAll(/citywall_\w+/g)) expect([alert, metrics.includes(name)]).toEqual([alert, true]);
    for (const [, list = ''] of expr.matchAll(/reason=~?"([^"]+)"/g))
      for (const reason of list.split('|')) expect(NOTICE_REASONS as readonly string[]).toContain(reason);
    expect(annotations.summary).not.toBe('');
  }
});
