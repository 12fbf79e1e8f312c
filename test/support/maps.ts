import type { Locator, Page } from 'playwright-core';

export interface Spot {
  x: number;
  y: number;
}

/** What is painted on a canvas of a map, as numbers: a page can't be asked what its pixels mean. */
export async function painted(map: Locator, layer: 'below' | 'moving' | 'above'): Promise<number> {
  return map.locator(`canvas[data-layer="${layer}"]`).evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i]! > 0) count++;
    return count;
  });
}

/** The middles of symbols that stand alone on the moving canvas, px of the page. */
export async function aloneMoving(map: Locator): Promise<Spot[]> {
  return map.locator('canvas[data-layer="moving"]').evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext('2d')!.getImageData(0, 0, width, height).data;
    const filled = (x: number, y: number) => pixels[(y * width + x) * 4 + 3]! > 0;
    const around = (cx: number, cy: number, reach: number) => {
      const found: [number, number][] = [];
      for (let y = Math.max(0, cy - reach); y < Math.min(height, cy + reach); y++) {
        for (let x = Math.max(0, cx - reach); x < Math.min(width, cx + reach); x++) {
          if (filled(x, y)) found.push([x, y]);
        }
      }
      return found;
    };
    const box = canvas.getBoundingClientRect();
    const ratio = width / box.width;
    const spots: { x: number; y: number }[] = [];
    for (let y = 40; y < height - 40; y += 5) {
      for (let x = 40; x < width - 40; x += 5) {
        if (!filled(x, y)) continue;
        // the pixel may be a corner: its symbol is as large as this, and its middle is what all of it is around
        const whole = around(x, y, 14);
        const mean = (axis: 0 | 1) => whole.reduce((sum, place) => sum + place[axis], 0) / whole.length;
        const [cx, cy] = [Math.round(mean(0)), Math.round(mean(1))];
        if (around(cx, cy, 24).length > around(cx, cy, 12).length) continue;
        const spot = { x: box.x + mean(0) / ratio, y: box.y + mean(1) / ratio };
        if (!spots.some(({ x, y }) => Math.hypot(x - spot.x, y - spot.y) < 12)) spots.push(spot);
      }
    }
    return spots;
  });
}

/** Share of a map's names that something on its upper canvas covers, by name; what covers nothing is not named. */
export async function coveredNames(map: Locator): Promise<Record<string, number>> {
  return map.evaluate((element) => {
    const canvas = element.querySelector<HTMLCanvasElement>('canvas[data-layer="above"]')!;
    const box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width;
    const ctx = canvas.getContext('2d')!;
    const covered: Record<string, number> = {};
    for (const text of element.querySelectorAll('.label .name')) {
      const name = text.getBoundingClientRect();
      const [left, top] = [Math.round((name.x - box.x) * ratio), Math.round((name.y - box.y) * ratio)];
      const [width, height] = [Math.round(name.width * ratio), Math.round(name.height * ratio)];
      const { data } = ctx.getImageData(left, top, width, height);
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) count++;
      if (count > 0) covered[text.textContent ?? ''] = count / (width * height);
    }
    return covered;
  });
}

/** Presses arrows until what is selected is of that kind: `asset`, `cluster`, `point`, `town`. */
export async function selectByKeys(page: Page, map: Locator, kind: string, most = 30): Promise<string> {
  const card = map.locator('[data-selected]');
  await map.locator('[role="application"]').focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < most; i++) {
    const key = (await card.getAttribute('data-selected')) ?? '';
    if (key.startsWith(`${kind}|`)) return key;
    await page.keyboard.press((['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp'] as const)[Math.floor(i / 3) % 4]!);
  }
  throw new Error(`no ${kind} after ${most} keys`);
}
