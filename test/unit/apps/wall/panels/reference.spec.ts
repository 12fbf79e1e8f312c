import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { PanelRole, PanelType } from '../../../../../apps/wall/src/panels/panel.types.js';
import { PANEL_TYPES } from '../../../../../apps/wall/src/panels/registry.js';
import { z } from '../../../../../apps/wall/src/panels/schema.js';

const page = readFileSync(join(import.meta.dirname, '../../../../../docs/reference/panels.md'), 'utf8');

interface Shape {
  type?: string;
  enum?: unknown[];
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
}

const bold = (text: string, must: boolean | undefined): string => (must ? `**${text}**` : text);
const isWords = ({ properties }: Shape): boolean => Object.keys(properties ?? {}).join() === 'zh,en';

/** Options in a line: those of a map in braces, those of a list's entries in brackets, few words as they are. */
function said(shape: Shape): string {
  const names = Object.entries(shape.properties ?? {})
    .filter(([name]) => name !== 'coverageUnit')
    .map(([name, inner]) => bold(`\`${name}\``, shape.required?.includes(name)) + told(inner));
  return names.join(', ');
}

function told(shape: Shape): string {
  if (shape.enum) return ` (${shape.enum.join(', ')})`;
  if (isWords(shape)) return '';
  if (shape.properties) return ` { ${said(shape)} }`;
  return shape.items?.properties ? ` [ ${said(shape.items)} ]` : '';
}

const role = (name: string, { kinds, about, required }: PanelRole): string =>
  `${bold(name, required)} (${kinds.join(', ')}): ${about}`;

/** A panel type's row of docs/reference/panels.md. */
function row({ type, about, roles, others, options }: PanelType): string {
  const views = Object.entries(roles).map(([name, one]) => role(`\`${name}\``, one));
  if (others) views.push(role('any other', others));
  const cells = [`\`${type}\``, about, views.join('<br>'), said(z.toJSONSchema(options, { io: 'input' }) as Shape)];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

describe('docs/reference/panels.md', () => {
  const rows = page.split('\n').filter((line) => /^\| `/.test(line));

  it.each(PANEL_TYPES.map((panel) => ({ type: panel.type, want: row(panel) })))('tells of $type', ({ type, want }) => {
    expect(rows.find((line) => line.startsWith(`| \`${type}\` |`))).toBe(want);
  });

  it('tells of no type that is not there', () => {
    expect(rows).toHaveLength(PANEL_TYPES.length);
  });
});
