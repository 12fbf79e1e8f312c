/** One group with its figures, a column each. */
export interface Grouped {
  key: string;
  /** null: nothing known */
  values: readonly (number | null)[];
}

/**
 * Groups in their order: by the first column named, the largest first, equal ones by the next; what is not known stands below
 * zero; at last by key, so that equal groups do not change places.
 * @param by positions of columns
 */
export function rankGroups<Group extends Grouped>(groups: readonly Group[], by: readonly number[]): Group[] {
  return [...groups].sort((a, b) => {
    for (const column of by) {
      const difference = known(b.values[column]) - known(a.values[column]);
      if (difference !== 0) return difference;
    }
    return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
  });
}

// a finite number: the difference of two infinities is none
const known = (value: number | null | undefined): number => value ?? -Number.MAX_VALUE;
