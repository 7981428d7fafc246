// <orrery-scene-card>: a scene as its reader has it before them: what it is about, then at
// each stop what there is to see, perhaps a question, and the ways on and back. Says `go`
// with the stop that is wanted, and `variant` with another way to play it.

import type { Ask, Outcome, SceneOutline, SceneStop } from 'orrery-wasm';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import * as icons from '../icons.ts';
import { controls } from '../style.ts';
import { say, Speaker } from '../words/words.ts';
import { inWords } from './scenes.ts';

/** The reader wants to be at stop `step`, from 0. */
export class GoEvent extends Event {
  constructor(readonly step: number) {
    super('go');
  }
}

/** The reader wants the variant of that id. */
export class VariantEvent extends Event {
  constructor(readonly variant: string) {
    super('variant');
  }
}

@customElement('orrery-scene-card')
export class OrrerySceneCard extends LitElement {
  @property({ attribute: false }) outline: SceneOutline | undefined;
  /** The stop that was come to last; none before the first. */
  @property({ attribute: false }) stop: SceneStop | undefined;
  @property() variant: string | undefined;
  /** Whether the machine is on its way to a stop. */
  @property({ type: Boolean }) busy = false;
  /** Whether the reader has gone elsewhere since. */
  @property({ type: Boolean }) away = false;
  /** What was answered at which stop. */
  @state() private readonly answers = new Map<string, number>();

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        border: 1px solid var(--orrery-line);
        border-inline-start: 4px solid var(--orrery-accent);
        border-radius: var(--orrery-radius);
        background: var(--orrery-panel-bg);
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr) max-content;
        gap: 4px 18px;
        padding: 10px 14px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 2px 12px;
      }
      h2 {
        margin: 0;
        font-size: 15px;
        font-weight: 650;
      }
      .scene {
        color: var(--orrery-ink-soft);
        font-size: 13px;
      }
      .number {
        color: var(--orrery-accent);
        font-variant-numeric: tabular-nums;
        font-weight: 650;
      }
      .words {
        grid-column: 1;
        max-width: 62rem;
        margin: 0;
        line-height: 1.5;
      }
      .words + .words {
        margin-top: 4px;
      }
      nav {
        grid-column: 2;
        grid-row: 1 / span 2;
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        align-items: start;
        justify-content: end;
      }
      nav button {
        min-width: 7em;
        justify-content: center;
      }
      nav button[aria-disabled='true'] {
        color: var(--orrery-ink-soft);
        cursor: default;
      }
      .next:not(:disabled, [aria-disabled='true']) {
        border-color: var(--orrery-accent);
        color: var(--orrery-accent);
      }
      .variants {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-top: 2px;
        font-size: 13px;
      }
      .variants button,
      .choices button {
        min-height: 28px;
      }
      [aria-pressed='true'] {
        border-color: var(--orrery-accent);
        background: var(--orrery-accent-soft);
      }
      fieldset {
        grid-column: 1 / -1;
        margin: 4px 0 0;
        padding: 8px 12px 10px;
        border: 1px solid var(--orrery-line);
        border-radius: var(--orrery-radius);
      }
      legend {
        padding: 0 6px;
        font-weight: 600;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .choices button {
        white-space: normal;
        text-align: start;
        padding-block: 3px;
      }
      .right {
        border-color: var(--orrery-good);
        font-weight: 600;
      }
      .wrong {
        border-color: var(--orrery-bad);
        text-decoration: line-through;
      }
      .because {
        margin: 8px 2px 0;
      }
      .broken {
        grid-column: 1 / -1;
        margin: 4px 0 0;
        color: var(--orrery-bad);
        overflow-wrap: anywhere;
      }
      @media (max-width: 700px) {
        section {
          grid-template-columns: minmax(0, 1fr);
        }
        nav {
          grid-column: 1;
          grid-row: auto;
          justify-content: start;
        }
        nav button {
          flex: 1;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    const { outline, stop } = this;
    if (outline === undefined) return nothing;
    const title = inWords(outline.title);
    return html`<section aria-label=${say('scene.label', { title })}>
      <header>
        ${stop
          ? html`<span class="number">${stop.step + 1}/${stop.of}</span><h2 id="title" tabindex="-1">${inWords(stop.title)}</h2>
              <span class="scene">${title}</span>`
          : html`<h2 id="title" tabindex="-1">${title}</h2><span class="scene">${say('scene.length', { n: String(outline.steps) })}</span>`}
        ${this.#variants(outline)}
      </header>
      ${this.#ways(stop?.step ?? -1, outline.steps)}
      <div role="status" style="grid-column: 1">
        <p class="words">${inWords(stop ? stop.say : outline.about)}</p>
        ${stop?.recap ? html`<p class="words"><b>${say('scene.recap')}</b> ${inWords(stop.recap)}</p>` : nothing}
        ${stop?.try_it ? html`<p class="words"><b>${say('scene.try')}</b> ${inWords(stop.try_it)}</p>` : nothing}
      </div>
      ${stop?.ask ? this.#question(stop.ask, this.#place(stop)) : nothing}
      ${stop?.outcomes.filter((outcome) => !outcome.passed).map(broken)}
    </section>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    // Who went on by a button that is gone or disabled now is not to be left without focus.
    if (changed.has('stop') && this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement?.matches(':disabled')) {
      this.renderRoot.querySelector<HTMLElement>('#title')?.focus();
    }
  }

  #variants({ variants }: SceneOutline) {
    if (variants.length < 2) return nothing;
    return html`<span class="variants" role="group" aria-label=${say('scene.variants')}>
      ${variants.map(
        ([id, title]) => html`<button aria-pressed=${id === this.variant} @click=${() => id !== this.variant && this.dispatchEvent(new VariantEvent(id))}>
          ${inWords(title)}
        </button>`,
      )}
    </span>`;
  }

  #ways(at: number, steps: number) {
    // On the way the buttons only say that they do nothing: a disabled one would lose the keyboard.
    const go = (step: number) => () => this.busy || this.dispatchEvent(new GoEvent(step));
    const isBusy = String(this.busy) as 'true' | 'false';
    return html`<nav aria-label=${say('scene.ways')}>
      ${this.away && at >= 0
        ? html`<button class="again" aria-disabled=${isBusy} @click=${go(at)}>${icons.reset}<span>${say('scene.again')}</span></button>`
        : nothing}
      <button class="prev" aria-disabled=${isBusy} ?disabled=${at <= 0} @click=${go(at - 1)}>${icons.back}<span>${say('scene.prev')}</span></button>
      <button class="next" aria-disabled=${isBusy} ?disabled=${at + 1 >= steps} @click=${go(at + 1)}>
        <span>${say(this.busy ? 'scene.busy' : at < 0 ? 'scene.begin' : 'scene.next')}</span>${icons.step}
      </button>
    </nav>`;
  }

  #question({ question, choices, answer, because }: Ask, place: string) {
    const chosen = this.answers.get(place);
    return html`<fieldset>
      <legend>${inWords(question)}</legend>
      <div class="choices">
        ${choices.map(
          (choice, n) => html`<button aria-pressed=${chosen === n} class=${chosen === undefined ? '' : n === answer ? 'right' : n === chosen ? 'wrong' : ''}
            @click=${() => this.#answer(place, n)}>${inWords(choice)}</button>`,
        )}
      </div>
      <div role="status">
        ${chosen === undefined
          ? nothing
          : html`<p class="because"><b>${say(chosen === answer ? 'scene.right' : 'scene.wrong', { answer: inWords(choices[answer] ?? question) })}</b>
              ${inWords(because)}</p>`}
      </div>
    </fieldset>`;
  }

  #answer(place: string, n: number): void {
    this.answers.set(place, n);
    this.requestUpdate();
  }

  #place({ step }: SceneStop): string {
    return `${this.outline?.id ?? ''} ${this.variant ?? ''} ${step}`;
  }
}

function broken({ path, expected, found }: Outcome) {
  return html`<p class="broken" role="alert">${say('scene.broken', { path, expected, found })}</p>`;
}
