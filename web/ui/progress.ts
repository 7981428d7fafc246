// <orrery-progress>: how much has arrived, while there is nothing else to see.

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Progress } from './engine/files.ts';
import { grouped, say, Speaker } from './words/words.ts';

@customElement('orrery-progress')
export class OrreryProgress extends LitElement {
  /** Undefined once everything is here and the machine is being put together. */
  @property({ attribute: false }) progress: Progress | undefined;

  static override styles = css`
    :host {
      display: grid;
      gap: 8px;
      width: min(20rem, 80%);
      text-align: center;
      color: var(--orrery-ink-soft);
      /* What is there at once need not be announced by a flash. */
      animation: appear 150ms 150ms backwards;
    }
    @keyframes appear {
      from {
        opacity: 0;
      }
    }
    progress {
      width: 100%;
      height: 6px;
      accent-color: var(--orrery-accent);
    }
    p {
      margin: 0;
      font-variant-numeric: tabular-nums;
    }
  `;

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    const { progress } = this;
    const label = progress ? say('loading.files') : say('loading.starting');
    return html`
      <p role="status">${label}</p>
      <progress aria-label=${label} value=${progress?.total ? Math.min(1, progress.loaded / progress.total) : nothing}></progress>
      <p>${progress ? amount(progress) : nothing}</p>
    `;
  }
}

function amount({ loaded, total }: Progress): string {
  const kB = (bytes: number) => grouped(Math.ceil(bytes / 1000));
  return total === undefined
    ? say('loading.amount.open', { loaded: kB(loaded) })
    : say('loading.amount', { loaded: kB(loaded), total: kB(total) });
}
