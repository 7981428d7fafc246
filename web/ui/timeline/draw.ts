// Puts the timeline on a canvas: lanes, shades, marks, and where the machine stands. Knows
// no events, only what `lanes.ts` counted.

import { grouped } from '../words/words.ts';
import { KINDS, type Glyph, type Ink } from './kinds.ts';
import type { LaneColumns } from './lanes.ts';
import { atPixel, pixel, type Paper, type Window } from './scale.ts';

/** Room at the left for the lanes' names, and at the top for times. */
export const GUTTER_PX = 70;
export const AXIS_PX = 20;
export const LANE_PX = 28;
/** Room at the right. */
export const MARGIN_PX = 12;
const HALF = LANE_PX / 2;
/** Marks closer than this are drawn as a heap instead of one by one. */
const ROOM_FOR_GLYPH_PX = 7;

/** The colours in force. */
export type Inks = Record<Ink | 'paper' | 'line' | 'ink' | 'soft' | 'accent' | 'program', string>;

/** What is to be drawn. */
export interface Picture {
  lanes: readonly LaneColumns[];
  names: readonly string[];
  paper: Paper;
  window: Window;
  /** Where the machine stands, and the last moment there is. */
  t: number;
  end: number;
  inks: Inks;
  font: string;
}

/** Height of a timeline with so many lanes. */
export function heightOf(lanes: number): number {
  return AXIS_PX + lanes * LANE_PX + 4;
}

export function draw(context: CanvasRenderingContext2D, picture: Picture): void {
  const { lanes, window, inks } = picture;
  context.clearRect(0, 0, GUTTER_PX + window.width + MARGIN_PX, heightOf(lanes.length));
  context.font = picture.font;
  context.textBaseline = 'middle';
  axis(context, picture);
  for (const [n, lane] of lanes.entries()) {
    context.save();
    context.translate(0, AXIS_PX + n * LANE_PX);
    context.fillStyle = inks.soft;
    context.textAlign = 'right';
    context.fillText(picture.names[n] ?? '', GUTTER_PX - 10, HALF + 0.5);
    context.translate(GUTTER_PX, 0);
    context.strokeStyle = inks.line;
    context.beginPath();
    context.moveTo(0, LANE_PX - 0.5);
    context.lineTo(window.width, LANE_PX - 0.5);
    context.stroke();
    context.beginPath();
    context.rect(0, 0, window.width, LANE_PX);
    context.clip();
    shades(context, lane, inks);
    marks(context, lane, inks);
    context.restore();
  }
  moment(context, picture);
}

/** Programs are filled, the kernel is hatched, and where there is neither, nothing is. */
function shades(context: CanvasRenderingContext2D, { lane, user, kernel }: LaneColumns, inks: Inks): void {
  if (lane !== 'hart') return;
  const [top, room] = [3, LANE_PX - 7];
  const programs = new Path2D();
  const kernels = new Path2D();
  const height = (shares: Float32Array, x: number) => room * Math.min(1, shares[x] ?? 0);
  for (let x = 0; x < user.length; ) {
    const [ofProgram, ofKernel] = [height(user, x), height(kernel, x)];
    // What is equal side by side is one rectangle.
    let next = x + 1;
    while (next < user.length && height(user, next) === ofProgram && height(kernel, next) === ofKernel) next++;
    if (ofProgram > 0.2) programs.rect(x, top + room - ofProgram, next - x, ofProgram);
    if (ofKernel > 0.2) kernels.rect(x, top + room - ofProgram - ofKernel, next - x, ofKernel);
    x = next;
  }
  context.fillStyle = inks.program;
  context.fill(programs);
  context.fillStyle = hatching(context, inks.line);
  context.fill(kernels);
}

let hatch: { colour: string; pattern: CanvasPattern | null } | undefined;

/** Slanting lines. */
function hatching(context: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  if (hatch?.colour !== colour) {
    const tile = new OffscreenCanvas(4, 4);
    const pen = tile.getContext('2d');
    if (pen) {
      pen.strokeStyle = colour;
      pen.lineWidth = 1.1;
      for (const x of [-4, 0, 4]) {
        pen.moveTo(x, 4);
        pen.lineTo(x + 4, 0);
      }
      pen.stroke();
    }
    hatch = { colour, pattern: context.createPattern(tile, 'repeat') };
  }
  return hatch.pattern ?? colour;
}

function marks(context: CanvasRenderingContext2D, { count, kind, lane }: LaneColumns, inks: Inks): void {
  let lastGlyph = -Infinity;
  for (let x = 0; x < count.length; x++) {
    const here = count[x] ?? 0;
    if (here === 0) continue;
    const row = KINDS[kind[x] ?? 0];
    if (row === undefined) continue;
    context.fillStyle = context.strokeStyle = inks[row.ink];
    const isAlone = here === 1 || lane !== 'hart' ? x - lastGlyph >= ROOM_FOR_GLYPH_PX && isFree(count, x) : false;
    if (isAlone || row.glyph === 'diamond') {
      glyph(context, row.glyph, x + 0.5, HALF - 0.5);
      lastGlyph = x;
    } else {
      const height = Math.min(LANE_PX - 10, 4 + 3.2 * Math.log2(1 + here));
      context.fillRect(x, HALF - 0.5 - height / 2, 1, height);
    }
  }
}

/** Whether the next mark to the right leaves room for a glyph at `x`. */
function isFree(count: Uint32Array, x: number): boolean {
  for (let next = x + 1; next < x + ROOM_FOR_GLYPH_PX && next < count.length; next++) if (count[next]) return false;
  return true;
}

const PATHS: Record<Exclude<Glyph, 'ring'>, readonly (readonly [number, number])[]> = {
  up: [[0, -5], [4.5, 4], [-4.5, 4]],
  down: [[0, 5], [4.5, -4], [-4.5, -4]],
  diamond: [[0, -6], [5, 0], [0, 6], [-5, 0]],
  tick: [[-0.7, -4], [0.7, -4], [0.7, 4], [-0.7, 4]],
  bar: [[-1.3, -9], [1.3, -9], [1.3, 9], [-1.3, 9]],
  dot: [[-2, -2], [2, -2], [2, 2], [-2, 2]],
  square: [[-3.5, -3.5], [3.5, -3.5], [3.5, 3.5], [-3.5, 3.5]],
  flag: [[-0.7, -7], [6, -4.5], [0.7, -2], [0.7, 7], [-0.7, 7]],
};

/** Draws `shape` with its middle at `x`, `y`. */
export function glyph(context: CanvasRenderingContext2D, shape: Glyph, x: number, y: number): void {
  context.beginPath();
  if (shape === 'ring') {
    context.lineWidth = 1.6;
    context.arc(x, y, 3.4, 0, 2 * Math.PI);
    context.stroke();
    context.lineWidth = 1;
    return;
  }
  for (const [dx, dy] of PATHS[shape]) context.lineTo(x + dx, y + dy);
  context.closePath();
  context.fill();
}

/** Times along the top, and a broken line where a long wait is drawn short. */
function axis(context: CanvasRenderingContext2D, { paper, window, inks, lanes }: Picture): void {
  const bottom = heightOf(lanes.length) - 4;
  context.textAlign = 'center';
  let free = 0;
  for (let x = 40; x < window.width - 30; x += 10) {
    if (x < free) continue;
    const label = rounded(paper.t(atPixel(window, x)), (paper.t(atPixel(window, x + 40)) - paper.t(atPixel(window, x))) / 2);
    const at = pixel(window, paper.u(label));
    const text = grouped(label);
    const half = context.measureText(text).width / 2;
    if (at - half < free || at + half > window.width) continue;
    free = at + half + 60;
    context.fillStyle = inks.soft;
    context.fillText(text, GUTTER_PX + at, AXIS_PX / 2 - 1);
    context.fillStyle = inks.line;
    context.fillRect(GUTTER_PX + Math.round(at), AXIS_PX - 4, 1, 4);
  }
  context.strokeStyle = inks.soft;
  context.setLineDash([2, 4]);
  for (const { t0, t1 } of paper.cuts(paper.t(window.from), paper.t(window.to))) {
    const [x0, x1] = [pixel(window, paper.u(t0)), pixel(window, paper.u(t1))];
    if (x1 - x0 < 24) continue;
    const middle = GUTTER_PX + Math.round((x0 + x1) / 2) + 0.5;
    if (middle < GUTTER_PX || middle > GUTTER_PX + window.width) continue;
    context.beginPath();
    context.moveTo(middle, AXIS_PX);
    context.lineTo(middle, bottom);
    context.stroke();
  }
  context.setLineDash([]);
}

/** A round number near `t`, so round that it is within `slack`. */
function rounded(t: number, slack: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, slack))));
  return Math.max(0, Math.round(t / step) * step);
}

/** Where the machine stands; what comes after it is veiled. */
function moment(context: CanvasRenderingContext2D, { paper, window, t, end, inks, lanes }: Picture): void {
  const x = GUTTER_PX + pixel(window, paper.u(t));
  const bottom = heightOf(lanes.length) - 4;
  if (t < end) {
    const from = Math.max(GUTTER_PX, x);
    context.fillStyle = inks.paper;
    context.globalAlpha = 0.55;
    context.fillRect(from, AXIS_PX, Math.max(0, GUTTER_PX + window.width - from), bottom - AXIS_PX);
    context.globalAlpha = 1;
  }
  if (x < GUTTER_PX - 1 || x > GUTTER_PX + window.width + 1) return;
  context.fillStyle = inks.accent;
  context.fillRect(Math.round(x) - 1, AXIS_PX - 8, 2, bottom - AXIS_PX + 8);
  context.beginPath();
  context.moveTo(x - 6, AXIS_PX - 14);
  context.lineTo(x + 6, AXIS_PX - 14);
  context.lineTo(x, AXIS_PX - 5);
  context.fill();
}
