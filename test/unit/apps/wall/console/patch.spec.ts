import { describe, expect, it } from '@jest/globals';
import { feedEntry, lineOf, startingText } from '../../../../../apps/wall/src/console/patch.js';

const BUILTIN = `# pumps
feeds:
  - id: level # metres
    topic: a/{k}
    readings:
      level: z

  - id: "pump"
    topic: b/{k}
`;

describe('the text a person begins with', () => {
  it('is the feed as it comes with the program, as a patch', () => {
    expect(startingText({ builtin: BUILTIN, site: null }, 'level')).toBe(
      'feeds:\n  - id: level # metres\n    topic: a/{k}\n    readings:\n      level: z\n',
    );
    expect(startingText({ builtin: BUILTIN, site: null }, 'pump')).toBe('feeds:\n  - id: "pump"\n    topic: b/{k}\n');
    expect(startingText({ builtin: BUILTIN, site: null }, 'fleet-location')).toBe('feeds:\n  - id: fleet-location\n');
  });
  it('is the site’s own where there is one, with the feed at its end where it says nothing of it', () => {
    expect(startingText({ builtin: null, site: 'feeds: []\n' }, 'level')).toBe('feeds: []\n');
    const site = 'feeds:\n  - id: level\n    qos: 0\n';
    expect(startingText({ builtin: BUILTIN, site }, 'level')).toBe(site);
    expect(startingText({ builtin: BUILTIN, site }, 'pump')).toBe(`${site}  - id: "pump"\n    topic: b/{k}\n`);
  });
  it('opens at the feed', () => {
    expect(lineOf(BUILTIN, 'pump')).toBe(8);
    expect(lineOf(BUILTIN, 'none')).toBe(1);
    expect(feedEntry(BUILTIN, 'none')).toBeNull();
  });
});
