import type { FlowRow, ViewState } from '@citywall/protocol';
import type { FlowOptions } from './panel.js';

export interface FlowNode {
  key: string;
  stage: number;
  name: string;
  count: number;
  /** of all cases, 0–1 */
  share: number;
  x: number;
  y: number;
  height: number;
  /** px of its label's middle: labels of thin nodes are moved apart */
  labelY: number;
}

export interface FlowBand {
  key: string;
  from: string;
  to: string;
  count: number;
  /** SVG path between two nodes */
  path: string;
}

export interface FlowPicture {
  nodes: FlowNode[];
  bands: FlowBand[];
  total: number;
}

/** Key of what stands for all values beyond the most that are told apart; no value of a view has a NUL. */
const OTHERS = '\u0000others';

export interface FlowSize {
  width: number;
  height: number;
  /** px: width of a node, least space between two, height of a label, room for labels at the right */
  node: number;
  gap: number;
  label: number;
  right: number;
}

/** Places nodes and bands. Heights are the counts on one scale for all stages, so a column that is shorter has lost cases. */
export function flowPicture(
  state: ViewState | null | undefined,
  options: FlowOptions,
  size: FlowSize,
  lang: 'zh' | 'en',
  said: { none: string; others: string },
): FlowPicture {
  if (!state || state.meta.error !== undefined || size.width <= 0) return { nodes: [], bands: [], total: 0 };
  const rows = (Object.values(state.rows) as FlowRow[]).filter(({ step }) => step < options.stages.length - 1);
  const stages = options.stages.map((stage, index) => valuesOf(rows, stage, index));
  const merged = (stage: number, value: string) => (stages[stage]?.some(([key]) => key === value) ? value : OTHERS);
  const links = new Map<string, FlowRow>();
  for (const row of rows) {
    const link = { ...row, from: merged(row.step, row.from), to: merged(row.step + 1, row.to) };
    const key = JSON.stringify([link.step, link.from, link.to]);
    const known = links.get(key);
    links.set(key, known ? { ...known, count: known.count + link.count } : link);
  }
  const most = Math.max(0, ...stages.map((values) => values.reduce((sum, [, count]) => sum + count, 0)));
  if (most === 0) return { nodes: [], bands: [], total: 0 };
  const slots = Math.max(...stages.map((values) => values.length));
  const free = size.height - (slots - 1) * size.gap;
  const scale = Math.max(0, free) / most;

  const nodes = stages.flatMap((values, stage) => {
    const x = (stage * (size.width - size.right - size.node)) / (stages.length - 1);
    const whole = values.reduce((sum, [, count]) => sum + count * scale, 0) + (values.length - 1) * size.gap;
    let y = (size.height - whole) / 2;
    const placed = values.map(([key, count]): FlowNode => {
      const node = {
        key: JSON.stringify([stage, key]),
        stage,
        name: nameOf(key, options.stages[stage]!, lang, said),
        count,
        share: count / most,
        x,
        y,
        height: Math.max(1, count * scale),
        labelY: 0,
      };
      y += count * scale + size.gap;
      return node;
    });
    return withLabels(placed, size);
  });
  return { nodes, bands: bandsOf([...links.values()], nodes, scale, size), total: most };
}

function valuesOf(rows: readonly FlowRow[], stage: FlowOptions['stages'][number], index: number): [string, number][] {
  const counts = new Map<string, number>();
  const add = (value: string, count: number) => counts.set(value, (counts.get(value) ?? 0) + count);
  // a stage in the middle is told by the links that leave it; the last one by those that reach it
  const leaving = rows.filter(({ step }) => step === index);
  if (leaving.length > 0) for (const { from, count } of leaving) add(from, count);
  else for (const { to, count } of rows.filter(({ step }) => step === index - 1)) add(to, count);
  const place = (value: string) => {
    const at = stage.order?.indexOf(value) ?? -1;
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  };
  const most = stage.most ?? 8;
  const bySize = [...counts.entries()].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const kept = bySize.length > most ? bySize.slice(0, most - 1) : bySize;
  const rest = bySize.slice(kept.length).reduce((sum, [, count]) => sum + count, 0);
  const sorted = kept.toSorted((a, b) => {
    const [left, right] = [place(a[0]), place(b[0])];
    return left === right ? b[1] - a[1] : left - right;
  });
  return rest > 0 ? [...sorted, [OTHERS, rest]] : sorted;
}

function nameOf(
  value: string,
  stage: FlowOptions['stages'][number],
  lang: 'zh' | 'en',
  said: { none: string; others: string },
): string {
  if (value === OTHERS) return said.others;
  const words = Object.hasOwn(stage.words ?? {}, value) ? stage.words?.[value] : undefined;
  return words?.[lang] ?? (value === '' ? said.none : value);
}

function withLabels(nodes: FlowNode[], size: FlowSize): FlowNode[] {
  let least = size.label / 2;
  for (const node of nodes) {
    node.labelY = Math.max(least, node.y + node.height / 2);
    least = node.labelY + size.label;
  }
  let most = size.height - size.label / 2;
  for (const node of nodes.toReversed()) {
    node.labelY = Math.min(node.labelY, most);
    most = node.labelY - size.label;
  }
  return nodes;
}

function bandsOf(links: readonly FlowRow[], nodes: readonly FlowNode[], scale: number, size: FlowSize): FlowBand[] {
  const place = new Map(nodes.map((node, i) => [node.key, { node, i, out: 0, in: 0 }]));
  const at = (stage: number, value: string) => place.get(JSON.stringify([stage, value]));
  const ordered = links.toSorted(
    (a, b) =>
      a.step - b.step ||
      (at(a.step, a.from)?.i ?? 0) - (at(b.step, b.from)?.i ?? 0) ||
      (at(a.step + 1, a.to)?.i ?? 0) - (at(b.step + 1, b.to)?.i ?? 0),
  );
  return ordered.flatMap((link) => {
    const from = at(link.step, link.from);
    const to = at(link.step + 1, link.to);
    if (!from || !to) return [];
    const thick = Math.max(0.5, link.count * scale);
    const [x0, x1] = [from.node.x + size.node, to.node.x];
    const [y0, y1] = [from.node.y + from.out, to.node.y + to.in];
    from.out += link.count * scale;
    to.in += link.count * scale;
    const middle = (x0 + x1) / 2;
    const n = (value: number) => Math.round(value * 10) / 10;
    const path =
      `M${n(x0)} ${n(y0)}C${n(middle)} ${n(y0)} ${n(middle)} ${n(y1)} ${n(x1)} ${n(y1)}V${n(y1 + thick)}` +
      `C${n(middle)} ${n(y1 + thick)} ${n(middle)} ${n(y0 + thick)} ${n(x0)} ${n(y0 + thick)}Z`;
    return [
      {
        key: JSON.stringify([link.step, link.from, link.to]),
        from: from.node.name,
        to: to.node.name,
        count: link.count,
        path,
      },
    ];
  });
}
