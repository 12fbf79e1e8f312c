import { type Finding, findings } from '../issues.js';
import type { PanelSpec } from './panel-spec.js';

/** What is wrong with the options of a panel, one finding a wrong thing; paths begin at the options. None: they are right. */
export function optionFindings(spec: PanelSpec, options: unknown): Finding[] {
  const result = spec.options.safeParse(options);
  return result.success ? [] : findings(result.error.issues, options);
}
