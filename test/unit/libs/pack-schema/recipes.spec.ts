import { parsePack, personalFields } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';

const HEAD = 'id: street\nname: { zh: 街, en: Street }\nassetTypes:\n  lamp: { name: { zh: 灯, en: Lamp } }\n';
const METRICS = 'metrics:\n  - { id: lamp/state, name: { zh: 状态, en: State }, kind: text }\n';

function parsed(feeds: string, recipe?: string) {
  const files = new Map([
    ['pack.yaml', HEAD],
    ['metrics.yaml', METRICS],
    ['feeds.yaml', feeds],
  ]);
  const recipes = new Map(recipe ? [['lamps', { root: 'lamps', files: new Map([['recipe.yaml', recipe]]) }]] : []);
  return parsePack(files, recipes, { id: 'street' });
}

describe('dictionaries', () => {
  const feed =
    "feeds:\n  - { id: lamps, topic: 'lamp/{n}', asset: 'lamp/{n}', readings: { state: { path: s, lookup: states } } }\n";

  it('of the file come along with every feed, a feed’s own go before', () => {
    const { pack, problems } = parsed(`dicts:\n  states: { '0': off, '1': on }\n${feed}`);
    expect(problems).toEqual([]);
    expect(pack?.feeds[0]?.dicts).toEqual({ states: { '0': 'off', '1': 'on' } });
  });

  it('one that is not there is a problem, with those that are', () => {
    const { problems } = parsed(`dicts:\n  status: { '0': off }\n${feed}`);
    expect(problems.map(({ message }) => message)).toEqual(['there is no dictionary "states"; there are: status']);
  });

  it('of a recipe come along, and a pack patches them', () => {
    const recipe = `id: lamps\nname: { zh: 灯, en: Lamps }\nsource: none\ndicts:\n  states: { '0': off, '1': on }\n${feed}`;
    const use = "feeds:\n  - { id: all, use: lamps, dicts: { states: { '2': dim } } }\n";
    const { pack, problems } = parsed(use, recipe);
    expect(problems).toEqual([]);
    expect(pack?.feeds[0]?.dicts).toEqual({ states: { '0': 'off', '1': 'on', '2': 'dim' } });
  });
});

describe('personal fields', () => {
  it('of occurrences whose type only the message knows are personal in every type', () => {
    const { pack, problems } = parsed(
      `feeds:
  - id: seen
    topic: seen
    occurrences:
      - { id: id, type: '{@.label}', status: { const: seen }, fields: { plate: { path: p, pii: plate } } }
`,
    );
    expect(problems).toEqual([]);
    expect(personalFields(pack?.pii, 'car')).toEqual({ plate: 'plate' });
    expect(personalFields(undefined, 'car')).toEqual({});
  });
});
