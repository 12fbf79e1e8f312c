import { describe, expect, it } from '@jest/globals';
import { keysOf, PAGES, pagesFor } from '../../../../../apps/wall/src/console/pages.js';

const READER = new Set(['alarms.follow', 'desk.read']);
const OPERATOR = new Set([...READER, 'alarms.handle', 'alarms.shelve', 'handover.write', 'simulator.command']);
const keys = (page: string, may: ReadonlySet<string>) => keysOf(page, may).flatMap((hint) => hint.keys);

describe('keys that are told', () => {
  it('are those that do something for whoever sits here', () => {
    expect(keys('alarms', OPERATOR)).toEqual(expect.arrayContaining(['A', '⇧A', 'S', 'N', 'Z', 'V']));
    expect(keys('alarms', READER)).not.toEqual(expect.arrayContaining(['A']));
    expect(keys('alarms', READER)).toEqual(expect.arrayContaining(['↑', '↓', '/', 'V', 'M']));
    expect(keys('notifications', OPERATOR)).not.toEqual(expect.arrayContaining(['T']));
    expect(keys('handover', OPERATOR)).toEqual(expect.arrayContaining(['G']));
  });

  it('name the pages that may be opened, each by the key that it keeps', () => {
    const page = keysOf('alarms', OPERATOR).find(({ says }) => says === 'page');
    expect(page?.keys).toEqual(['1', '2', '3', '4', '5', '6', '9']);
    expect(pagesFor(new Set(PAGES.map(({ may }) => may))).map(({ key }) => key)).toEqual(
      PAGES.map((_page, place) => String(place + 1)),
    );
  });

  it('no key stands for two things on a page', () => {
    const all = new Set(PAGES.map(({ may }) => may).concat([...OPERATOR, 'handover.sign', 'notifications.command']));
    for (const { says } of PAGES) {
      const single = keysOf(says, all).flatMap((hint) => (hint.keys.length === 1 ? hint.keys : []));
      expect([says, single.length]).toEqual([says, new Set(single).size]);
    }
  });
});
