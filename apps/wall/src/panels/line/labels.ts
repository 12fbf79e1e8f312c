/** A word at the right end of the chart. Lengths in px of this screen, down from the top. */
export interface EndLabel {
  text: string;
  colour: string;
  /** height of what it names */
  y: number;
}

export interface PlacedLabel extends EndLabel {
  /** middle of the letters */
  at: number;
}

/**
 * Labels moved apart just as far as they need: each stays as near to its own height as the others let it, in order of
 * height, and none leaves the space. Where there is no room for all, the last ones given are left out.
 */
export function spread(labels: readonly EndLabel[], each: number, [top, bottom]: [number, number]): PlacedLabel[] {
  const room = Math.max(0, Math.floor((bottom - top) / each + 1e-6));
  const kept = labels.slice(0, room).toSorted((a, b) => a.y - b.y);
  // labels that touch form a block that stands around the mean of the heights they want
  const blocks: { wanted: number; members: EndLabel[] }[] = [];
  const topOf = (block: { wanted: number; members: EndLabel[] }) =>
    Math.min(
      Math.max(block.wanted / block.members.length - (block.members.length * each) / 2, top),
      bottom - block.members.length * each,
    );
  for (const label of kept) {
    let block = { wanted: label.y, members: [label] };
    for (let before = blocks.at(-1); before; before = blocks.at(-1)) {
      if (topOf(before) + before.members.length * each <= topOf(block) + 1e-6) break;
      blocks.pop();
      block = { wanted: before.wanted + block.wanted, members: [...before.members, ...block.members] };
    }
    blocks.push(block);
  }
  return blocks.flatMap((block) =>
    block.members.map((label, i) => ({ ...label, at: topOf(block) + (i + 0.5) * each })),
  );
}

/**
 * Where the words of a mark stand: left above it, where the line had not been yet; where there is no room, right below it,
 * which the line has left. `x` is where they begin, `y` their middle.
 */
export function besideMark(
  mark: { x: number; y: number },
  text: { width: number; height: number; gap: number },
  plot: { left: number; right: number; top: number; bottom: number },
): { x: number; y: number } {
  const left = { x: mark.x - text.gap - text.width, y: mark.y - text.gap - text.height / 2 };
  const right = { x: mark.x + text.gap, y: mark.y + text.gap + text.height / 2 };
  const leftFits = left.x >= plot.left && left.y - text.height / 2 >= plot.top;
  const rightFits = right.x + text.width <= plot.right && right.y + text.height / 2 <= plot.bottom;
  if (leftFits || !rightFits)
    return { x: Math.max(left.x, plot.left), y: Math.max(left.y, plot.top + text.height / 2) };
  return right;
}
