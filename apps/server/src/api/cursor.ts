import { Problem } from './problem.js';

/**
 * Cursors are opaque to clients: base64url of a JSON array whose first element names the list, so that one list's cursor
 * is refused by another.
 */
export function encodeCursor(list: string, position: (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, ...position]), 'utf8').toString('base64url');
}

/**
 * Position a cursor stands for.
 * @param kinds type of each element of the position
 * @throws Problem `invalid-parameter`
 */
export function decodeCursor(list: string, cursor: string, kinds: ('string' | 'number')[]): (string | number)[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value[0] === list && value.length === kinds.length + 1) {
      const position = value.slice(1) as (string | number)[];
      if (position.every((part, index) => typeof part === kinds[index])) return position;
    }
  } catch {
    // Falls through: whatever it is, it is not a cursor of ours.
  }
  throw notACursor();
}

export function notACursor(): Problem {
  return new Problem('invalid-parameter', 'query: cursor', {
    parameters: [{ name: 'cursor', in: 'query', detail: `is not a cursor of this list; take it from 'next'` }],
  });
}

/**
 * A page of a short list that is in memory whole, in the order of its keys. The cursor is the last key, so what is added
 * or goes meanwhile neither repeats nor skips another item.
 */
export function pageOf<Item>(
  list: string,
  items: readonly Item[],
  keyOf: (item: Item) => string,
  query: { limit: number; cursor?: string | undefined },
): { items: Item[]; next: string | null } {
  const after = query.cursor === undefined ? null : String(decodeCursor(list, query.cursor, ['string'])[0]);
  const ordered = [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  const rest = after === null ? ordered : ordered.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page,
    next: last !== undefined && rest.length > page.length ? encodeCursor(list, [keyOf(last)]) : null,
  };
}
