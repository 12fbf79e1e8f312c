import { userInfo } from 'node:os';
import type { AuditAct } from '../audit/audit.types.js';

/** An act of somebody who works at the machine itself, by the command line: no account, but the machine's user. */
export function atMachine(action: string, at: number, detail: Record<string, string>, subject = ''): AuditAct {
  return {
    at,
    user: null,
    roles: [],
    address: 'this machine',
    action,
    route: 'citywall command line',
    subject,
    detail: JSON.stringify({ machineUser: machineUser(), ...detail }),
    outcome: 'done',
  };
}

function machineUser(): string {
  try {
    return userInfo().username;
  } catch {
    // a user id without an entry, as containers have it
    return String(process.getuid?.() ?? '');
  }
}
