import type { ViewSpec } from '@citywall/protocol';
import type { z } from 'zod';

export interface PanelRole {
  kinds: ViewSpec['kind'][];
  required?: boolean;
  about: string;
}

/** A view that the options of a panel name, and the path of the words that do. */
export interface NamedRole {
  role: string;
  path: (string | number)[];
}

/** What a scene may say of one panel type: the wall draws by it, the check judges by it, the reference is written from it. */
export interface PanelSpec {
  type: string;
  about: string;
  roles: Record<string, PanelRole>;
  /** what views of any other role may be, where the panel's options name roles of their own */
  others?: PanelRole;
  /** role that answers for the panel's coverage, age and state */
  main: string;
  options: z.ZodType;
  /** roles that options (as they come out of `options`) read from; each must have its view */
  named?(options: unknown): NamedRole[];
}

/** Kinds of views whose rows are members: bars, parts, axes. */
export const MEMBER_KINDS = ['aggregate', 'tally', 'latest', 'rank', 'series'] satisfies ViewSpec['kind'][];

/** Kinds of views that one figure can be read from. */
export const FIGURE_KINDS = ['aggregate', 'tally', 'latest', 'systems', 'list'] satisfies ViewSpec['kind'][];
