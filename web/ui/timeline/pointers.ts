// What pointers and wheels mean on the timeline: one finger goes through time, two zoom and
// pan, the axis is dragged to pan, a wheel zooms, and sideways it pans.

import { AXIS_PX } from './draw.ts';

/** What the reader wants; coordinates are pixels within the canvas. */
export interface Gestures {
  panned(dx: number): void;
  /** Show `factor` times as much around `x`. */
  zoomed(factor: number, x: number): void;
  scrubbed(x: number): void;
  clicked(x: number, y: number): void;
  pointed(x: number, y: number): void;
  left(): void;
}

/** A pointer moved less than this was only pressed. */
const STILL_PX = 4;
const WHEEL_STEP = 0.0022;

interface Finger {
  x: number;
  y: number;
  startX: number;
  hasMoved: boolean;
  isOnAxis: boolean;
}

/** Listens to one canvas. */
export class Pointers {
  readonly #gestures: Gestures;
  readonly #fingers = new Map<number, Finger>();

  constructor(gestures: Gestures) {
    this.#gestures = gestures;
  }

  handleEvent(event: PointerEvent): void {
    switch (event.type) {
      case 'pointerdown':
        this.#down(event);
        break;
      case 'pointermove':
        this.#move(event);
        break;
      case 'pointerup':
        this.#up(event);
        break;
      case 'pointercancel':
        this.#fingers.delete(event.pointerId);
        break;
      case 'pointerleave':
        this.#gestures.left();
        break;
    }
  }

  /** Up and down zooms, sideways (or with Shift) pans. */
  wheeled(event: WheelEvent): void {
    event.preventDefault();
    const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    const [dx, dy] = event.shiftKey ? [event.deltaX + event.deltaY, 0] : [event.deltaX, event.deltaY];
    if (Math.abs(dx) > Math.abs(dy)) this.#gestures.panned(dx * scale);
    else this.#gestures.zoomed(Math.exp(dy * scale * WHEEL_STEP), event.offsetX);
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    const { offsetX: x, offsetY: y } = event;
    this.#fingers.set(event.pointerId, { x, y, startX: x, hasMoved: false, isOnAxis: y < AXIS_PX });
    this.#gestures.left();
  }

  #move(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    const { offsetX: x, offsetY: y } = event;
    if (finger === undefined) {
      if (event.pointerType !== 'touch') this.#gestures.pointed(x, y);
      return;
    }
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    finger.hasMoved ||= Math.abs(x - finger.startX) >= STILL_PX;
    if (other !== undefined) {
      this.#pinch(finger, other, x);
    } else if (finger.hasMoved) {
      if (finger.isOnAxis) this.#gestures.panned(finger.x - x);
      else this.#gestures.scrubbed(x);
    }
    Object.assign(finger, { x, y });
  }

  #pinch(finger: Finger, other: Finger, x: number): void {
    other.hasMoved = true;
    const [before, now] = [Math.abs(finger.x - other.x), Math.abs(x - other.x)];
    this.#gestures.panned((finger.x - x) / 2);
    if (before > 8 && now > 8) this.#gestures.zoomed(before / now, (x + other.x) / 2);
  }

  #up(event: PointerEvent): void {
    const finger = this.#fingers.get(event.pointerId);
    this.#fingers.delete(event.pointerId);
    if (finger === undefined || finger.isOnAxis) return;
    if (!finger.hasMoved) this.#gestures.clicked(event.offsetX, event.offsetY);
  }
}
