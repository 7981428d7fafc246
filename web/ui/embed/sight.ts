// Whether an element can be seen: makes it render again when that changes.

import type { LitElement, ReactiveController } from 'lit';

export class Sight implements ReactiveController {
  /** Some of it is within the window. */
  isSeen = false;
  readonly #element: LitElement;
  readonly #changed: (() => void) | undefined;
  readonly #observer = new IntersectionObserver((entries) => {
    const isSeen = entries.at(-1)?.isIntersecting ?? false;
    if (isSeen === this.isSeen) return;
    this.isSeen = isSeen;
    this.#element.requestUpdate();
    this.#changed?.();
  });

  constructor(element: LitElement, changed?: () => void) {
    this.#element = element;
    this.#changed = changed;
    element.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.#element);
  }

  hostDisconnected(): void {
    this.#observer.unobserve(this.#element);
    this.isSeen = false;
  }
}
