import { describe, expect, it } from '@jest/globals';
import { CONTENT_SECURITY_POLICY } from '../../../../../apps/server/src/ops/headers.js';
import { Meters } from '../../../../../apps/server/src/ops/meters.js';

describe('content security policy', () => {
  it('lets nothing in from elsewhere and runs nothing inline', () => {
    const sources = Object.values(CONTENT_SECURITY_POLICY).flat();
    expect(CONTENT_SECURITY_POLICY['default-src']).toEqual(["'none'"]);
    expect(sources.filter((source) => !["'none'", "'self'", 'data:', 'blob:'].includes(source))).toEqual([]);
    expect(CONTENT_SECURITY_POLICY['script-src']).toEqual(["'self'"]);
    // pictures play from a MediaSource of the page and from nowhere else
    expect(CONTENT_SECURITY_POLICY['media-src']).toEqual(['blob:']);
    expect(Object.keys(CONTENT_SECURITY_POLICY)).not.toContain('worker-src');
  });
});

describe('meters', () => {
  it('are one registry an application', async () => {
    const one = new Meters();
    const two = new Meters();
    one.messages.inc({ system: 'water', feed: 'realtime' }, 3);
    expect(await one.text()).toContain('citywall_messages_total{system="water",feed="realtime"} 3');
    expect(await two.text()).not.toContain('realtime');
  });

  it('have names with unit and help', async () => {
    const metrics = await new Meters().registry.getMetricsAsJSON();
    for (const { name, help } of metrics) {
      expect(name).toMatch(/^citywall_[a-z_]+$/);
      expect(help.length).toBeGreaterThan(10);
    }
  });
});
