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
  throw new Problem('invalid-parameter', 'query: cursor', {
    parameters: [{ name: 'cursor', in: 'query', detail: `is not a cursor of this list; take it from 'next'` }],
  });
}
