import type { SceneEntry } from '../files/scene.js';
import { optionFindings } from '../panels/options.js';
import type { PanelSpec } from '../panels/panel-spec.js';
import { PANEL_SPECS, panelSpec } from '../panels/registry.js';
import type { PathStep } from '../problem.js';
import { hint } from './known.js';

type Report = (path: PathStep[], message: string, at?: 'key' | 'value') => void;

/** Is a panel what its type takes: are its roles there, of the right kinds, and all its options right? Paths begin at it. */
export function checkPanel(panel: SceneEntry['panels'][number], report: Report): void {
  const spec = panelSpec(panel.type);
  if (spec === undefined) {
    const types = PANEL_SPECS.map(({ type }) => type);
    report(
      ['type'],
      `there is no panel type "${panel.type}"${hint(panel.type, types) || `; there are ${types.join(', ')}`}`,
    );
    return;
  }
  const found = optionFindings(spec, panel.options);
  for (const { path, message, at } of found) report(['options', ...path], message, at);
  checkRoles(spec, panel.views, report);
  // options that are wrong may name anything
  if (found.length === 0) checkNamed(spec, panel, report);
}

function checkRoles(spec: PanelSpec, views: SceneEntry['panels'][number]['views'], report: Report): void {
  const { type, roles, others } = spec;
  const names = Object.keys(roles);
  for (const [role, { kind }] of Object.entries(views)) {
    const meant = Object.hasOwn(roles, role) ? roles[role] : others;
    if (meant === undefined) {
      report(
        ['views', role],
        `${type} has no role "${role}"${hint(role, names) || '.'} It has ${names.join(', ')}`,
        'key',
      );
    } else if (!meant.kinds.includes(kind)) {
      report(['views', role, 'kind'], `the role "${role}" of ${type} takes ${meant.kinds.join(', ')}, found ${kind}`);
    }
  }
  for (const [role, { required, kinds, about }] of Object.entries(roles)) {
    if (required === true && !Object.hasOwn(views, role)) {
      report(['views'], `the role "${role}" is missing: ${type} needs it (${about}); it takes ${kinds.join(', ')}`);
    }
  }
}

/** A role that options read from and that has no view would leave its part of the picture empty; so would the reverse. */
function checkNamed(spec: PanelSpec, panel: SceneEntry['panels'][number], report: Report): void {
  const names = Object.keys(panel.views);
  const named = spec.named?.(panel.options) ?? [];
  const told = new Set<string>();
  for (const { role, path } of named) {
    // a required one is missed already
    if (names.includes(role) || spec.roles[role]?.required === true) continue;
    if (told.has(role)) continue;
    told.add(role);
    const known = hint(role, names) || (names.length > 0 ? `; there are ${names.join(', ')}` : '');
    report(['options', ...path], `there is no view "${role}" in "views"${known}`);
  }
  if (spec.others === undefined) return;
  for (const role of names) {
    if (Object.hasOwn(spec.roles, role) || named.some((one) => one.role === role)) continue;
    report(['views', role], `nothing in "options" shows the view "${role}"`, 'key');
  }
}
