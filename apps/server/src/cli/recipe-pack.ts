/** The types that a recipe's text names, as a pack has to declare them. */
function declare(recipe: string, pattern: RegExp): string {
  return [...new Set([...recipe.matchAll(pattern)].map(([, type]) => type))]
    .map((type) => `  ${type}: { name: { zh: 甲, en: A } }\n`)
    .join('');
}

/**
 * The least a pack must say to use a recipe: its types, and nothing else.
 * @param text of the recipe.yaml
 * @returns the texts of pack.yaml and feeds.yaml
 */
export function leastPack(text: string, recipe: string, system: string): { 'pack.yaml': string; 'feeds.yaml': string } {
  const occurrences = declare(text, / type: '?([A-Za-z][\w-]*)'?\n/g);
  return {
    'pack.yaml':
      `id: ${system}\nname: { zh: 试, en: Try }\nassetTypes:\n${declare(text, /asset: '?([a-z][a-z0-9-]*)\//g)}` +
      (occurrences && `occurrenceTypes:\n${occurrences}`),
    'feeds.yaml': `feeds:\n  - { id: all, use: ${recipe} }\n`,
  };
}
