import type { Drawing } from '@citywall/pack-schema';
import { Raster } from './raster.js';

/**
 * What the simulated cameras see: drawings, not photographs, of places that do not exist, at dusk in light rain. Everything that
 * moves does so in whole rounds of the loop, so that its end meets its beginning. No time is written into the picture: a
 * loop would show a wrong one; the playlist carries the time.
 */
export const WIDTH = 1280;
export const HEIGHT = 720;
/** s */
export const LOOP = 24;
export const FPS = 10;
/** Counts up when a drawing changes: clips made by an older one are made again. */
export const DRAWINGS_VERSION = 1;

interface Place {
  background(raster: Raster): void;
  /** @param turn 0–1 through the loop */
  moving(raster: Raster, turn: number): void;
  rain: number;
}

/** Frames of one drawing, in order. */
export class Painter {
  readonly frames = LOOP * FPS;
  readonly #place: Place;
  readonly #background: Uint8Array;

  constructor(drawing: Drawing) {
    this.#place = PLACES[drawing];
    const raster = new Raster(WIDTH, HEIGHT);
    this.#place.background(raster);
    this.#background = raster.luma;
  }

  frame(index: number): Buffer {
    const turn = (index % this.frames) / this.frames;
    const raster = new Raster(WIDTH, HEIGHT, this.#background);
    this.#place.moving(raster, turn);
    rain(raster, turn, this.#place.rain);
    return raster.frame();
  }
}

/** 0–1, the same for the same number. */
function chance(seed: number): number {
  let hash = Math.imul(seed + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

function rain(raster: Raster, turn: number, drops: number): void {
  for (let i = 0; i < drops; i++) {
    // a drop falls a whole number of times a loop
    const fall = (chance(i * 3) + turn * (18 + Math.floor(chance(i * 3 + 1) * 14))) % 1;
    const x = chance(i * 3 + 2) * (WIDTH + 120) - 60;
    const y = fall * (HEIGHT + 80) - 40;
    const long = 16 + chance(i * 7) * 22;
    raster.line(x, y, x - long * 0.22, y + long, 2, 190, 0.16);
  }
}

/** A flat ground seen from above it: `side` −1…1 across, `depth` 0 (near) … 1 (far) → screen x, y and scale. */
interface Ground {
  horizon: number;
  centre: number;
  half: number;
}

function at(ground: Ground, side: number, depth: number): [number, number, number] {
  const scale = (1 - depth) / (1 + 3.2 * depth);
  return [ground.centre + side * ground.half * scale, ground.horizon + (HEIGHT - ground.horizon) * scale, scale];
}

function strip(
  raster: Raster,
  ground: Ground,
  left: number,
  right: number,
  near: number,
  far: number,
  grey: number,
  alpha = 1,
) {
  const corner = (side: number, depth: number): [number, number] => {
    const [x, y] = at(ground, side, depth);
    return [x, y];
  };
  raster.polygon([corner(left, near), corner(right, near), corner(right, far), corner(left, far)], grey, alpha);
}

/** A car on the ground: towards us with headlights, or away with dim lamps. */
function car(raster: Raster, ground: Ground, side: number, depth: number, towards: boolean, size = 150): void {
  const [x, y, scale] = at(ground, side, depth);
  if (scale < 0.04) return;
  const w = size * scale;
  const h = w * 0.62;
  raster.ellipse(x, y, w * 0.6, h * 0.14, 12, 0.7);
  raster.rect(x - w / 2, y - h * 0.62, w, h * 0.52, 30);
  raster.polygon(
    [
      [x - w * 0.4, y - h * 0.6],
      [x - w * 0.28, y - h],
      [x + w * 0.28, y - h],
      [x + w * 0.4, y - h * 0.6],
    ],
    38,
  );
  raster.rect(x - w * 0.27, y - h * 0.94, w * 0.54, h * 0.28, 66);
  for (const lamp of [-0.36, 0.36]) {
    raster.ellipse(x + lamp * w, y - h * 0.36, w * 0.08, h * 0.1, towards ? 230 : 120);
    raster.glow(x + lamp * w, y - h * 0.34, w * (towards ? 0.5 : 0.22), h * (towards ? 0.5 : 0.25), towards ? 90 : 34);
  }
  if (towards) raster.glow(x, y + h * 0.3, w * 0.75, h * 0.5, 34);
}

function house(raster: Raster, x: number, top: number, width: number, base: number, seed: number): void {
  raster.gradient(x, top, width, base - top, 34, 26);
  const columns = Math.max(2, Math.floor(width / 34));
  const rows = Math.floor((base - top - 30) / 36);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const lit = chance(seed * 1000 + row * 31 + column);
      const grey = lit > 0.82 ? 150 : lit > 0.66 ? 84 : 44;
      raster.rect(x + 12 + (column * (width - 16)) / columns, top + 16 + row * 36, 16, 20, grey);
    }
  }
}

const ROAD: Ground = { horizon: 300, centre: 640, half: 760 };

const junction: Place = {
  rain: 130,
  background(raster) {
    raster.gradient(0, 0, WIDTH, 320, 58, 88);
    house(raster, -20, 96, 210, 330, 1);
    house(raster, 190, 158, 150, 322, 2);
    house(raster, 340, 206, 120, 314, 3);
    house(raster, 800, 190, 140, 314, 4);
    house(raster, 940, 120, 170, 322, 5);
    house(raster, 1110, 70, 200, 332, 6);
    raster.gradient(0, 300, WIDTH, 420, 52, 40);
    strip(raster, ROAD, -1, 1, -0.05, 1, 58);
    strip(raster, ROAD, -1.04, -1, -0.05, 1, 112);
    strip(raster, ROAD, 1, 1.04, -0.05, 1, 112);
    for (let i = 0; i < 14; i++) strip(raster, ROAD, -0.012, 0.012, i / 14, i / 14 + 0.03, 150);
    for (const side of [-0.5, 0.5])
      for (let i = 0; i < 14; i++) strip(raster, ROAD, side - 0.008, side + 0.008, i / 14, i / 14 + 0.025, 116);
    for (let i = 0; i < 16; i++) strip(raster, ROAD, -0.94 + i * 0.12, -0.88 + i * 0.12, 0.16, 0.22, 158, 0.85);
    for (const x of [150, 1130]) {
      raster.rect(x - 6, 130, 12, 420, 22);
      raster.rect(x - 24, 120, 48, 118, 16);
    }
  },
  moving(raster, turn) {
    // one light holds a third of the loop
    for (const x of [150, 1130]) {
      [0, 1, 2].forEach((lamp) => {
        const lit = Math.floor(turn * 3) === lamp;
        raster.ellipse(x, 142 + lamp * 36, 13, 13, lit ? 225 : 44);
        if (lit) raster.glow(x, 142 + lamp * 36, 60, 60, 60);
      });
    }
    for (let i = 4; i >= 0; i--) car(raster, ROAD, -0.26 - (i % 2) * 0.44, 1 - ((turn * 2 + i / 5) % 1) * 1.12, true);
    for (let i = 0; i < 4; i++)
      car(raster, ROAD, 0.26 + (i % 2) * 0.44, ((turn * 2 + i / 4 + 0.13) % 1) * 1.1 - 0.1, false);
  },
};

const WATER_TOP = 392;

const river: Place = {
  rain: 150,
  background(raster) {
    raster.gradient(0, 0, WIDTH, 330, 92, 116);
    const ridge = (base: number, high: number, seed: number): [number, number][] => [
      [0, HEIGHT],
      ...Array.from({ length: 27 }, (_, i): [number, number] => [
        i * 50,
        base - high * (0.5 + 0.5 * Math.sin(i * 0.55 + seed)) * (0.6 + 0.4 * chance(i + seed * 40)),
      ]),
      [WIDTH, HEIGHT],
    ];
    raster.polygon(ridge(290, 150, 1), 84);
    raster.polygon(ridge(330, 90, 3), 62);
    raster.gradient(0, WATER_TOP, WIDTH, HEIGHT - WATER_TOP, 96, 62);
    raster.polygon(
      [
        [0, 372],
        [WIDTH, 372],
        [WIDTH, 398],
        [0, 398],
      ],
      44,
    );
    // bridge: deck, rail, piers and their mirror images
    for (const x of [180, 460, 740, 1020]) {
      raster.rect(x, 300, 46, 250, 40);
      raster.rect(x + 32, 300, 14, 250, 30);
      raster.rect(x, 550, 46, 70, 44, 0.35);
    }
    raster.polygon(
      [
        [0, 262],
        [WIDTH, 250],
        [WIDTH, 306],
        [0, 318],
      ],
      52,
    );
    raster.line(0, 258, WIDTH, 246, 8, 132);
    for (let i = 0; i < 44; i++) raster.line(i * 30, 258 - i * 0.28, i * 30, 232 - i * 0.28, 3, 84);
    raster.line(0, 232, WIDTH, 219, 4, 96);
    // bank and staff gauge
    raster.polygon(
      [
        [0, 560],
        [330, 640],
        [420, HEIGHT],
        [0, HEIGHT],
      ],
      34,
    );
    raster.rect(214, 400, 46, 270, 206);
    for (let i = 0; i < 14; i++) raster.rect(i % 2 ? 238 : 214, 404 + i * 19, 22, 12, 40);
  },
  moving(raster, turn) {
    for (let i = 0; i < 150; i++) {
      const depth = chance(i * 5);
      const y = WATER_TOP + 8 + depth * (HEIGHT - WATER_TOP - 12);
      const speed = 1 + Math.floor(depth * 3);
      const x = ((chance(i * 5 + 1) + turn * speed) % 1) * (WIDTH + 240) - 120;
      const long = 20 + depth * 90;
      raster.rect(x, y, long, 2 + depth * 3, i % 3 ? 128 : 52, 0.36);
    }
    // the level breathes at the staff, and lorries cross the bridge
    const rise = 6 * Math.sin(turn * 2 * Math.PI * 3);
    raster.rect(206, 612 + rise, 62, 66 - rise, 66, 0.9);
    raster.rect(206, 610 + rise, 62, 3, 160, 0.8);
    for (const [start, direction] of [
      [0.1, 1],
      [0.55, -1],
    ] as const) {
      const way = (start + turn) % 1;
      const x = direction > 0 ? way * 1700 - 200 : 1500 - way * 1700;
      const y = 250 - (x / WIDTH) * 12;
      raster.rect(x, y - 46, 96, 38, 34);
      raster.rect(x + (direction > 0 ? 98 : -30), y - 34, 28, 26, 40);
      raster.glow(x + (direction > 0 ? 132 : -36), y - 16, 40, 16, 110);
    }
    for (let i = 0; i < 3; i++) {
      const x = ((i / 3 + turn * 2) % 1) * (WIDTH + 200) - 100;
      raster.rect(x, 520 + i * 54, 34 + i * 16, 5, 26, 0.8);
    }
  },
};

const PLAZA: Ground = { horizon: 270, centre: 640, half: 1150 };

const square: Place = {
  rain: 90,
  background(raster) {
    raster.gradient(0, 0, WIDTH, 290, 50, 84);
    house(raster, 90, 130, 260, 300, 11);
    raster.gradient(390, 90, 500, 210, 46, 36);
    for (let i = 0; i < 9; i++) raster.rect(412 + i * 53, 120, 26, 180, i === 4 ? 130 : 62);
    raster.polygon(
      [
        [370, 96],
        [640, 40],
        [910, 96],
      ],
      54,
    );
    house(raster, 930, 150, 280, 300, 12);
    raster.gradient(0, 290, WIDTH, 430, 78, 58);
    for (let i = 0; i <= 22; i++) {
      const [, y] = at(PLAZA, 0, i / 22);
      raster.rect(0, y, WIDTH, 2, 92, 0.6);
    }
    for (let i = -9; i <= 9; i++) {
      const [ax, ay] = at(PLAZA, i / 5, -0.04);
      const [bx, by] = at(PLAZA, i / 5, 0.96);
      raster.line(ax, ay, bx, by, 2, 92, 0.6);
    }
    for (const [side, depth] of [
      [-1.2, 0.5],
      [1.2, 0.5],
      [-0.86, 0.2],
      [0.86, 0.2],
    ] as const) {
      const [x, y, scale] = at(PLAZA, side, depth);
      raster.rect(x - 9 * scale, y - 240 * scale, 18 * scale, 240 * scale, 26);
      raster.ellipse(x, y - 330 * scale, 150 * scale, 130 * scale, 32);
      raster.ellipse(x - 60 * scale, y - 270 * scale, 110 * scale, 90 * scale, 36);
    }
    for (const side of [-0.42, 0.42]) {
      for (const depth of [0.12, 0.42]) {
        const [x, y, scale] = at(PLAZA, side, depth);
        raster.rect(x - 6 * scale, y - 460 * scale, 12 * scale, 460 * scale, 24);
        raster.ellipse(x, y - 470 * scale, 26 * scale, 22 * scale, 232);
        raster.glow(x, y - 470 * scale, 190 * scale, 190 * scale, 84);
        raster.glow(x, y, 300 * scale, 70 * scale, 40);
      }
    }
  },
  moving(raster, turn) {
    const people = Array.from({ length: 22 }, (_, i) => {
      const depth = 0.04 + chance(i * 11) * 0.6;
      const half = 0.2 + chance(i * 11 + 1) * 0.7;
      const middle = (chance(i * 11 + 2) - 0.5) * 0.9;
      const way = 2 * Math.PI * (turn + chance(i * 11 + 3));
      return { depth: depth + 0.03 * Math.sin(2 * way), side: middle + half * Math.sin(way), i, step: way };
    }).sort((a, b) => b.depth - a.depth);
    for (const { depth, side, i, step } of people) {
      const [x, y, scale] = at(PLAZA, side, depth);
      const tall = 170 * scale;
      const bob = Math.abs(Math.sin(step * 24)) * tall * 0.03;
      raster.ellipse(x, y, tall * 0.2, tall * 0.05, 30, 0.6);
      const stride = Math.sin(step * 24) * tall * 0.1;
      raster.line(x, y - tall * 0.45, x - stride, y, tall * 0.09, 24);
      raster.line(x, y - tall * 0.45, x + stride, y, tall * 0.09, 30);
      raster.ellipse(x, y - tall * 0.6 - bob, tall * 0.13, tall * 0.24, i % 4 === 0 ? 150 : 40 + (i % 5) * 12);
      // an umbrella for every second, and nobody has a face
      if (i % 2) raster.ellipse(x, y - tall * 0.98 - bob, tall * 0.3, tall * 0.13, 70 + (i % 6) * 18);
      else raster.ellipse(x, y - tall * 0.92 - bob, tall * 0.085, tall * 0.1, 92);
    }
  },
};

const DIP: Ground = { horizon: 330, centre: 640, half: 620 };

const underpass: Place = {
  rain: 120,
  background(raster) {
    raster.gradient(0, 0, WIDTH, 260, 74, 96);
    raster.gradient(0, 150, WIDTH, 300, 62, 50);
    raster.rect(0, 142, WIDTH, 14, 118);
    for (let i = 0; i < 40; i++) raster.rect(i * 33, 108, 5, 36, 84);
    raster.rect(0, 104, WIDTH, 6, 100);
    // the mouth, its ceiling lights, and the road down into it
    raster.gradient(310, 216, 660, 200, 12, 22);
    raster.rect(296, 202, 688, 16, 128);
    raster.rect(296, 202, 14, 230, 108);
    raster.rect(970, 202, 14, 230, 108);
    raster.rect(636, 216, 8, 150, 44);
    raster.gradient(0, 410, WIDTH, 310, 48, 40);
    strip(raster, DIP, -1, 1, -0.05, 0.72, 60);
    strip(raster, DIP, -1.05, -1, -0.05, 0.72, 120);
    strip(raster, DIP, 1, 1.05, -0.05, 0.72, 120);
    for (let i = 0; i < 10; i++) strip(raster, DIP, -0.014, 0.014, i / 14, i / 14 + 0.035, 150);
    for (const side of [-1, 1]) {
      for (let i = 0; i < 3; i++) {
        const x = 640 + side * (70 + i * 90);
        raster.rect(x - 26, 232 + i * 8, 52, 6, 190);
        raster.glow(x, 240 + i * 8, 90, 46, 26);
      }
    }
    // clearance sign and depth board
    raster.rect(560, 164, 160, 32, 30);
    for (let i = 0; i < 5; i++) raster.rect(576 + i * 28, 172, 18, 16, 160);
    raster.rect(1046, 330, 40, 270, 210);
    for (let i = 0; i < 9; i++) raster.rect(1046, 342 + i * 29, i % 2 ? 40 : 22, 9, 36);
    raster.rect(1060, 596, 12, 70, 26);
  },
  moving(raster, turn) {
    for (let i = 0; i < 2; i++) car(raster, DIP, -0.46, 0.66 - ((turn * 2 + i / 2) % 1) * 0.78, true, 210);
    for (let i = 0; i < 2; i++) car(raster, DIP, 0.46, ((turn * 2 + i / 2 + 0.27) % 1) * 0.8 - 0.12, false, 210);
    // standing water at the lowest place, with light on it
    const water: [number, number][] = [
      [330, 470],
      [950, 470],
      [1010, 520 + 3 * Math.sin(turn * 2 * Math.PI * 4)],
      [260, 524 - 3 * Math.sin(turn * 2 * Math.PI * 4)],
    ];
    raster.polygon(water, 104, 0.5);
    for (let i = 0; i < 34; i++) {
      const x = 290 + ((chance(i * 9) + turn * (1 + (i % 2))) % 1) * 680;
      const y = 472 + chance(i * 9 + 1) * 46;
      raster.rect(x, y, 18 + chance(i * 9 + 2) * 40, 2, 170, 0.35);
    }
    const blink = Math.floor(turn * LOOP) % 2 === 0;
    raster.ellipse(1066, 312, 12, 12, blink ? 230 : 60);
    if (blink) raster.glow(1066, 312, 60, 60, 80);
  },
};

const PLACES: Record<Drawing, Place> = { junction, river, square, underpass };
