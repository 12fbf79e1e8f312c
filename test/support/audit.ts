import type { Page } from 'playwright-core';

/** What is wrong with a picture, in words; nothing where it is whole. */
export interface Audit {
  panels: number;
  problems: string[];
}

/**
 * Looks at a display as a strict reader would: panels that overlap or leave the screen, text that is cut off, that lies over
 * other text, is below the smallest size or hard to read (WCAG 2.2, 1.4.3: 4.5 : 1). Text cut on purpose says so by `title`
 * or `data-cut`; canvases are looked at by their own tests. On a page of the gallery every cell (`data-cell`) is a screen of
 * its own, wherever the page is scrolled to.
 */
export async function audit(page: Page): Promise<Audit> {
  return page.evaluate(look);
}

function look(): Audit {
  const FLOOR_PX = 14;
  const LEAST_CONTRAST = 4.5;
  const problems = new Set<string>();
  const scale = Math.max(1, Math.min(innerHeight / 1080, innerWidth / 1600));

  const page = new DOMRect(0, 0, innerWidth, innerHeight);
  const cellOf = (element: Element) => element.closest<HTMLElement>('[data-cell]');
  const nameOf = (panel: HTMLElement) => cellOf(panel)?.dataset.cell ?? panel.dataset.panel ?? '';
  const panels = [...document.querySelectorAll<HTMLElement>('[data-panel]')].map((element) => ({
    id: nameOf(element),
    box: element.getBoundingClientRect(),
    screen: cellOf(element)?.getBoundingClientRect() ?? page,
  }));
  const over = (a: DOMRect, b: DOMRect, by: number) =>
    a.left < b.right - by && b.left < a.right - by && a.top < b.bottom - by && b.top < a.bottom - by;
  for (const [index, { id, box, screen }] of panels.entries()) {
    if (box.width < 10 || box.height < 10) problems.add(`${id} has no room`);
    if (box.right > screen.right + 1 || box.bottom > screen.bottom + 1) problems.add(`${id} leaves the screen`);
    for (const other of panels.slice(0, index)) if (over(box, other.box, 1)) problems.add(`${id} overlaps ${other.id}`);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) problems.add('the page scrolls sideways');
  if (document.documentElement.scrollHeight > innerHeight + 1) problems.add('the page scrolls down');

  type Colour = [number, number, number, number];
  const parse = (text: string): Colour => {
    const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [r, g, b, a];
  };
  const under = (top: Colour, bottom: Colour): Colour => {
    const [r, g, b, a] = top;
    return [bottom[0] + (r - bottom[0]) * a, bottom[1] + (g - bottom[1]) * a, bottom[2] + (b - bottom[2]) * a, 1];
  };
  const luminance = ([r, g, b]: Colour) => {
    const linear = (channel: number) =>
      channel <= 10.31 ? channel / 3294.6 : ((channel / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const groundOf = (element: Element): Colour => {
    const chain: Colour[] = [];
    for (let at: Element | null = element; at; at = at.parentElement)
      chain.push(parse(getComputedStyle(at).backgroundColor));
    return chain.reverse().reduce((ground, colour) => under(colour, ground), [6, 12, 23, 1] as Colour);
  };

  const texts: { text: string; box: DOMRect; panel: string }[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.trim();
    const element = node.parentElement;
    if (!text || !element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest('[aria-hidden="true"], .visually-hidden, script, style')) continue;
    const style = getComputedStyle(element);
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) continue;
    const owner = element.closest<HTMLElement>('[data-panel]');
    const panel = owner ? nameOf(owner) : 'page';
    const said = `${panel}: “${text.slice(0, 30)}”`;

    const px = Number.parseFloat(style.fontSize) * textScale(element);
    if (px < FLOOR_PX * scale - 0.5) problems.add(`${said} is ${px.toFixed(1)} px`);

    // What an ancestor cuts off: whole lines that go out of sight on purpose are none, half a letter is.
    const cutBy = cutter(element, box);
    if (cutBy === 'hidden') continue;
    if (cutBy) problems.add(`${said} is cut by ${cutBy}`);

    const svg = element instanceof SVGElement;
    const colour = parse(svg ? style.fill : style.color);
    if (colour[3] > 0.3 && !svg && !element.closest('[data-ramp]')) {
      const ground = groundOf(element);
      const [light, dark] = [luminance(under(colour, ground)), luminance(ground)].sort((a, b) => b - a) as [
        number,
        number,
      ];
      const contrast = (light + 0.05) / (dark + 0.05);
      if (contrast < LEAST_CONTRAST) problems.add(`${said} has a contrast of ${contrast.toFixed(1)}`);
    }
    if (!svg) texts.push({ text: text.slice(0, 30), box: seen(element, box), panel });
  }
  for (const [index, a] of texts.entries()) {
    for (const b of texts.slice(0, index)) {
      if (a.panel === b.panel && over(a.box, b.box, 3 * scale))
        problems.add(`${a.panel}: “${a.text}” lies over “${b.text}”`);
    }
  }
  return { panels: panels.length, problems: [...problems] };

  /** Where its letters are seen: those beyond an ellipsis lie over nothing, and the room above and below them is none. */
  function seen(element: Element, box: DOMRect): DOMRect {
    let [left, right] = [box.left, box.right];
    const cell = cellOf(element);
    for (let at: Element | null = element; at && at !== document.body && at !== cell; at = at.parentElement) {
      if (getComputedStyle(at).overflowX === 'visible') continue;
      const frame = at.getBoundingClientRect();
      left = Math.max(left, frame.left);
      right = Math.min(right, frame.right);
    }
    // the box of a line is about 1.45 times as high as its letters
    const spare = Math.min(box.height * 0.15, Number.parseFloat(getComputedStyle(element).fontSize) * 0.2);
    return new DOMRect(left, box.top + spare, Math.max(0, right - left), box.height - 2 * spare);
  }

  /** SVG letters are scaled with their picture. */
  function textScale(element: Element): number {
    const owner = element instanceof SVGElement ? (element as SVGGraphicsElement).getScreenCTM?.() : null;
    return owner ? Math.hypot(owner.a, owner.b) : 1;
  }

  function cutter(element: Element, box: DOMRect): string | null {
    const cell = cellOf(element);
    for (let at: Element | null = element; at && at !== document.body && at !== cell; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      if (at.hasAttribute('title') || (at instanceof HTMLElement && at.dataset.cut !== undefined)) return null;
      const frame = at.getBoundingClientRect();
      if (box.left >= frame.right - 1 || box.top >= frame.bottom - 1 || box.bottom <= frame.top + 1) return 'hidden';
      // a line box is taller than its letters: a fifth of it may go before a letter is touched
      const spare = box.height * 0.22;
      if (box.right > frame.right + 1.5 || box.left < frame.left - 1.5) return `${at.tagName}.${at.className} sideways`;
      if (box.bottom - spare > frame.bottom || box.top + spare < frame.top)
        return `${at.tagName}.${at.className} in height`;
    }
    return null;
  }
}
