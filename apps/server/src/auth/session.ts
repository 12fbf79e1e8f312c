/** Roles of people and displays (design §14). Only `administrator` is given out until accounts exist. */
export const ROLES = ['display', 'guide', 'operator', 'dispatcher', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** A log-in that holds. The token itself is known to the client only; state keeps its hash. */
export interface Session {
  user: string;
  roles: Role[];
  /** Unix ms */
  expiresAt: number;
}
