/** A grey picture as an encoder takes it (yuv420p): luma that is drawn on, and a constant tint. Lengths are px. */
export class Raster {
  readonly luma: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    background?: Uint8Array,
  ) {
    this.luma = background ? Uint8Array.from(background) : new Uint8Array(width * height);
  }

  /** A rectangle whose grey runs from `top` to `bottom`. */
  gradient(x: number, y: number, width: number, height: number, top: number, bottom: number): void {
    for (let row = 0; row < height; row++) {
      const grey = top + ((bottom - top) * row) / Math.max(1, height - 1);
      this.#span(y + row, x, x + width, grey, 1);
    }
  }

  rect(x: number, y: number, width: number, height: number, grey: number, alpha = 1): void {
    for (let row = Math.round(y); row < Math.round(y + height); row++) this.#span(row, x, x + width, grey, alpha);
  }

  /** A filled polygon: even-odd, sampled at the middle of each row. */
  polygon(points: readonly (readonly [number, number])[], grey: number, alpha = 1): void {
    const ys = points.map(([, y]) => y);
    const first = Math.max(0, Math.floor(Math.min(...ys)));
    const last = Math.min(this.height - 1, Math.ceil(Math.max(...ys)));
    for (let row = first; row <= last; row++) {
      const middle = row + 0.5;
      const crossings: number[] = [];
      for (let i = 0; i < points.length; i++) {
        const [ax, ay] = points[i]!;
        const [bx, by] = points[(i + 1) % points.length]!;
        if (ay <= middle === by <= middle) continue;
        crossings.push(ax + ((middle - ay) / (by - ay)) * (bx - ax));
      }
      crossings.sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) this.#span(row, crossings[i]!, crossings[i + 1]!, grey, alpha);
    }
  }

  line(ax: number, ay: number, bx: number, by: number, thick: number, grey: number, alpha = 1): void {
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const [nx, ny] = [((by - ay) / length) * (thick / 2), (-(bx - ax) / length) * (thick / 2)];
    this.polygon(
      [
        [ax + nx, ay + ny],
        [bx + nx, by + ny],
        [bx - nx, by - ny],
        [ax - nx, ay - ny],
      ],
      grey,
      alpha,
    );
  }

  ellipse(cx: number, cy: number, rx: number, ry: number, grey: number, alpha = 1): void {
    for (let row = Math.max(0, Math.floor(cy - ry)); row <= Math.min(this.height - 1, Math.ceil(cy + ry)); row++) {
      const up = (row + 0.5 - cy) / ry;
      if (up <= -1 || up >= 1) continue;
      const half = rx * Math.sqrt(1 - up * up);
      this.#span(row, cx - half, cx + half, grey, alpha);
    }
  }

  /** Light: brightest in the middle, nothing at the edge, added to what is there. */
  glow(cx: number, cy: number, rx: number, ry: number, light: number): void {
    const { luma, width } = this;
    for (let row = Math.max(0, Math.floor(cy - ry)); row <= Math.min(this.height - 1, Math.ceil(cy + ry)); row++) {
      const up = ((row - cy) / ry) ** 2;
      for (let x = Math.max(0, Math.floor(cx - rx)); x <= Math.min(width - 1, Math.ceil(cx + rx)); x++) {
        const far = up + ((x - cx) / rx) ** 2;
        if (far >= 1) continue;
        const at = row * width + x;
        luma[at] = Math.min(235, luma[at]! + light * (1 - far) ** 2);
      }
    }
  }

  /** The whole picture as yuv420p, tinted towards blue as a camera at dusk. */
  frame(): Buffer {
    const colour = (this.width >> 1) * (this.height >> 1);
    const frame = Buffer.allocUnsafe(this.luma.length + 2 * colour);
    frame.set(this.luma);
    frame.fill(138, this.luma.length, this.luma.length + colour);
    frame.fill(120, this.luma.length + colour);
    return frame;
  }

  #span(row: number, from: number, to: number, grey: number, alpha: number): void {
    if (row < 0 || row >= this.height) return;
    const start = row * this.width;
    const left = start + Math.max(0, Math.round(from));
    const right = start + Math.min(this.width, Math.round(to));
    if (right <= left) return;
    if (alpha >= 1) this.luma.fill(grey, left, right);
    else for (let at = left; at < right; at++) this.luma[at] = this.luma[at]! * (1 - alpha) + grey * alpha;
  }
}
