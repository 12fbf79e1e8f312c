/** An account as `/api/v1/accounts` answers it. */
export interface AccountItem {
  user: string;
  name: string | null;
  roles: string[];
  grants: string[];
  disabled: boolean;
  secondFactor: boolean;
  mustChange: boolean;
  sessions: number;
  createdAt: string;
  chosenAt: string;
}

export const ROLES = ['operator', 'dispatcher', 'administrator', 'guide', 'display'] as const;

/** Whether a name is one that the server takes. */
export const ACCOUNT_NAME = '[a-z0-9][a-z0-9._\\-]{1,31}';
