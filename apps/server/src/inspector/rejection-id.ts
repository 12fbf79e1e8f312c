/** Where a rejection stands: entry of its system's journal, and which of the message's rejections it is. */
export interface RejectionPlace {
  system: string;
  entry: string;
  index: number;
}

/** `water-1783578902000-0-2` → its place; null for anything else. */
export function parseRejectionId(id: string): RejectionPlace | null {
  const [, system, entry, index] = /^([a-z][a-z0-9-]*)-(\d{1,20}-\d{1,20})-(\d{1,5})$/.exec(id) ?? [];
  if (system === undefined || entry === undefined || index === undefined) return null;
  return { system, entry, index: Number(index) };
}
