// <orrery-timeline for="figure">: the machine's own timeline, anywhere in the text. It comes
// when its figure is started; before that there is nothing it could show.

import { css, type ReactiveController } from 'lit';
import { sentence } from '../sentence.ts';
import { palette } from '../style.ts';
import { OrreryTimeline } from '../timeline/timeline.ts';
import { asTrouble } from '../trouble.ts';
import type { OrreryFigure } from './figure.ts';
import { figuresFor } from './reference.ts';

const letters = css`
  :host {
    font-family: var(--orrery-font);
    line-height: 1.45;
    color: var(--orrery-ink);
  }
`;

/** Gives every timeline that names a figure what it shows; one that names none has it from its machine. */
export function letTimelinesStandAlone(): void {
  const tie = (timeline: OrreryTimeline) => timeline.addController(new Belonging(timeline));
  OrreryTimeline.addInitializer((element) => tie(element as OrreryTimeline));
  // Those in the page's own text are there already.
  document.querySelectorAll<OrreryTimeline>('orrery-timeline').forEach(tie);
}

/** A timeline's tie to the figure it names. */
class Belonging implements ReactiveController {
  readonly #timeline: OrreryTimeline;
  #left = new AbortController();

  constructor(timeline: OrreryTimeline) {
    this.#timeline = timeline;
  }

  hostConnected(): void {
    const name = this.#timeline.getAttribute('for');
    if (name === null) return;
    this.#timeline.style.display = 'none';
    this.#left = new AbortController();
    // Its figure may stand further down, and be made in the same breath.
    queueMicrotask(() => this.#find(name));
  }

  hostDisconnected(): void {
    this.#left.abort();
  }

  #find(name: string): void {
    try {
      const [figure] = figuresFor(this.#timeline, name);
      if (figure) this.#follow(figure);
    } catch (error) {
      const trouble = asTrouble(error, 'figure-missing');
      const detail = { code: trouble.code, hint: sentence(trouble) };
      this.#timeline.dispatchEvent(new CustomEvent('orrery-error', { detail, bubbles: true, composed: true }));
      const told = document.createElement('p');
      told.role = 'alert';
      told.textContent = detail.hint;
      this.#timeline.replaceWith(told);
    }
  }

  #follow(figure: OrreryFigure): void {
    const { signal } = this.#left;
    const timeline = this.#timeline;
    const show = () => {
      timeline.style.display = figure.isStarted ? '' : 'none';
      timeline.machine = figure.isStarted ? figure : undefined;
      timeline.position = figure.position;
      timeline.harts = figure.harts ?? timeline.harts;
    };
    for (const news of ['orrery-open', 'orrery-ready', 'orrery-time', 'orrery-stop']) figure.addEventListener(news, show, { signal });
    // In the text it has no machine around it whose look it could have.
    const sheets = timeline.shadowRoot?.adoptedStyleSheets;
    for (const { styleSheet } of [palette, letters]) {
      if (styleSheet && sheets?.includes(styleSheet) === false) sheets.push(styleSheet);
    }
    show();
  }
}
