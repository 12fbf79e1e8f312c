/** A name without the ending that its panel's title says already: `泵` of `北门1号泵`. */
export function shortened(name: string, endings: readonly string[] = []): string {
  const ending = endings.find((each) => name.endsWith(each) && name.length > each.length);
  return ending === undefined ? name : name.slice(0, -ending.length);
}
