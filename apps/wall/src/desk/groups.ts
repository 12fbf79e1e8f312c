import type { DeskAlarm } from '@citywall/protocol';

/** A chain of causes longer than this is a mistake of somebody's rules. */
const DEEPEST = 8;

/** The alarm that explains this one in the end; itself where none does. */
export function rootOf(alarm: DeskAlarm, byId: ReadonlyMap<string, DeskAlarm>): DeskAlarm {
  let root = alarm;
  for (let deep = 0; deep < DEEPEST && root.suppressedBy !== null; deep++) {
    const cause = byId.get(root.suppressedBy);
    if (cause === undefined) break;
    root = cause;
  }
  return root;
}

/** What puts an alarm together with others: where it is, by the attributes that its rule names; else nothing. */
function causeOf(alarm: DeskAlarm): string | null {
  const values = Object.values(alarm.group).filter((value) => value !== null && value !== '');
  return values.length === 0 ? null : values.join(' · ');
}

/** Cause of every alarm by its id; null: nothing puts it together with another one. Who shares a cause with nobody has none. */
export function groupKeys(alarms: readonly DeskAlarm[]): Map<string, string | null> {
  const byId = new Map(alarms.map((alarm) => [alarm.id, alarm]));
  const keys = new Map<string, string | null>();
  const sizes = new Map<string, number>();
  for (const alarm of alarms) {
    const root = rootOf(alarm, byId);
    const key = causeOf(root) ?? (root === alarm ? null : root.name) ?? null;
    keys.set(alarm.id, key);
    if (key !== null) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  // an alarm with nothing of its own that explains others gives its name to them and to itself
  for (const alarm of alarms) {
    const key = keys.get(alarm.id);
    if (key === null && alarm.name !== null && sizes.has(alarm.name)) {
      keys.set(alarm.id, alarm.name);
      sizes.set(alarm.name, (sizes.get(alarm.name) ?? 0) + 1);
    }
  }
  for (const [id, key] of keys) if (key !== null && sizes.get(key) === 1) keys.set(id, null);
  return keys;
}
