// <orrery-terminal>: xterm.js in a frame of ours. Says `typed` with the bytes for the
// guest; Esc, then Tab leaves it, because xterm alone would keep every Tab (WCAG 2.1.2).

import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import xtermStyle from '@xterm/xterm/css/xterm.css?inline';
import { css, html, LitElement, unsafeCSS, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { DARK, LIGHT } from './terminal-colours.ts';
import { between } from './words/between.ts';
import { say, Speaker } from './words/words.ts';

/** More than this within {@link FLOOD_MS} nobody can read, nor hear. */
const FLOOD_BYTES = 24 * 1024;
const FLOOD_MS = 300;

/** What the reader typed or pasted, as the guest is to get it. */
export class TypedEvent extends Event {
  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {
    super('typed');
  }
}

@customElement('orrery-terminal')
export class OrreryTerminal extends LitElement {
  @query('.screen') private readonly screen!: HTMLElement;
  /** Only to be read: keys are not for the guest, and Tab passes by. */
  @property({ type: Boolean }) readOnly = false;
  /** What it shows is long past: dimmed, and its frame broken. */
  @property({ type: Boolean, reflect: true }) past = false;
  /** Esc was pressed; the next key decides whether it was for the guest. */
  @state() private escaped = false;

  readonly #terminal = new Terminal({
    convertEol: true,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    fontFamily: "ui-monospace, 'JetBrains Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace",
    fontSize: 14,
    // At the default the DOM renderer cuts underscores off.
    lineHeight: 1.1,
    scrollback: 5000,
    screenReaderMode: true,
  });
  /** What xterm reads is {@link retell}'s. */
  #isRetelling = false;
  /** What was written since {@link FLOOD_MS} began. */
  #freshBytes = 0;
  #flood: ReturnType<typeof setTimeout> | undefined;
  readonly #fit = new FitAddon();
  readonly #encoder = new TextEncoder();
  readonly #resized = new ResizeObserver(() => this.#fit.fit());
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  readonly #themed = new MutationObserver(() => this.#colour());

  static override styles = [
    unsafeCSS(xtermStyle),
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        /* Read back to learn which scheme is in force; nothing is painted with it. */
        border-color: light-dark(rgb(255 255 255), rgb(0 0 0));
      }
      .frame {
        flex: 1;
        min-height: 0;
        padding: 12px 6px 8px 14px;
        border: 1px solid var(--orrery-line);
        border-radius: var(--orrery-radius);
        background: var(--orrery-panel-bg);
      }
      :host([past]) .frame {
        border-style: dashed;
        border-color: var(--orrery-line-strong);
      }
      .frame:focus-within {
        border-color: var(--orrery-accent);
        box-shadow: 0 0 0 1px var(--orrery-accent);
      }
      .screen {
        height: 100%;
      }
      .hint {
        margin: 4px 2px 0;
        min-height: 1.6em;
        font-size: 12px;
        line-height: 1.6;
        color: var(--orrery-ink-soft);
        visibility: hidden;
      }
      .frame:focus-within + .hint {
        visibility: visible;
      }
      kbd {
        padding: 0 0.4em;
        border: 1px solid var(--orrery-line-strong);
        border-radius: 4px;
        font: inherit;
        color: var(--orrery-ink);
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  /** Writes console bytes that the guest prints now; resolves once they are on the screen. */
  write(bytes: Uint8Array): Promise<void> {
    this.#freshBytes += bytes.length;
    if (this.#freshBytes > FLOOD_BYTES) this.#terminal.options.screenReaderMode = false;
    this.#flood ??= setTimeout(() => this.#look(), FLOOD_MS);
    return new Promise((drawn) => this.#terminal.write(bytes, drawn));
  }

  /** Writes what the guest printed before. What it asks of the terminal there was answered then. */
  retell(bytes: Uint8Array): void {
    this.#terminal.write('', () => (this.#isRetelling = true));
    this.#terminal.write(bytes, () => (this.#isRetelling = false));
  }

  /** An empty screen, as after power-on. */
  clear(): void {
    this.#terminal.reset();
  }

  override focus(): void {
    this.#terminal.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#scheme.addEventListener('change', this.#colour);
    this.#themed.observe(document.documentElement, { attributeFilter: ['data-theme', 'style', 'class'] });
    const root = this.getRootNode();
    if (root instanceof ShadowRoot) this.#themed.observe(root.host, { attributeFilter: ['theme'] });
    if (this.hasUpdated) this.#resized.observe(this.screen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#scheme.removeEventListener('change', this.#colour);
    this.#themed.disconnect();
    this.#resized.disconnect();
  }

  override render() {
    const keys = { esc: html`<kbd>Esc</kbd>`, tab: html`<kbd>Tab</kbd>` };
    return html`
      <div class="frame" @focusout=${() => (this.escaped = false)}><div class="screen"></div></div>
      <p class="hint" aria-hidden="true" ?hidden=${this.readOnly}>${between(this.escaped ? 'terminal.leave.armed' : 'terminal.leave', keys)}</p>
    `;
  }

  override firstUpdated(): void {
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.attachCustomKeyEventHandler((event) => this.#mayHaveKey(event));
    this.#terminal.onData((text) => this.#typed(this.#encoder.encode(text)));
    // Questions of a program: for the cursor's place and the terminal's kind.
    for (const question of [{ final: 'n' }, { prefix: '?', final: 'n' }, { final: 'c' }, { prefix: '>', final: 'c' }]) {
      this.#terminal.parser.registerCsiHandler(question, () => this.#isRetelling);
    }
    this.#terminal.onBinary((text) => this.#typed(Uint8Array.from(text, (c) => c.charCodeAt(0))));
    this.#terminal.open(this.screen);
    this.#colour();
    this.#resized.observe(this.screen);
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('past')) this.#colour();
    this.#terminal.options.disableStdin = this.readOnly;
    if (this.#terminal.textarea) this.#terminal.textarea.tabIndex = this.readOnly ? -1 : 0;
    this.#terminal.textarea?.setAttribute('aria-label', say('terminal.label'));
  }

  /** Whether xterm may have this key. Holds an Esc back until the next key has decided. */
  #mayHaveKey(event: KeyboardEvent): boolean {
    if (this.readOnly || this.#isForTheClipboard(event)) return false;
    if (event.type !== 'keydown' || ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return true;
    if (!this.escaped) {
      this.escaped = event.key === 'Escape';
      return !this.escaped;
    }
    this.escaped = false;
    if (event.key === 'Tab') return false;
    if (event.key !== 'Escape') this.#typed(Uint8Array.of(0x1b));
    return true;
  }

  /** Ctrl-V pastes; Ctrl-C copies if something is selected, and is the guest's otherwise. */
  #isForTheClipboard({ key, ctrlKey, altKey }: KeyboardEvent): boolean {
    if (!ctrlKey || altKey) return false;
    const letter = key.toLowerCase();
    return letter === 'v' || (letter === 'c' && this.#terminal.hasSelection());
  }

  /**
   * What screen readers read is kept up with the screen again, once the flood is over: in the
   * midst of it that costs more than all the drawing.
   */
  #look(): void {
    const isFlood = this.#freshBytes > FLOOD_BYTES;
    this.#freshBytes = 0;
    this.#flood = isFlood ? setTimeout(() => this.#look(), FLOOD_MS) : undefined;
    if (isFlood || this.#terminal.options.screenReaderMode) return;
    this.#terminal.options.screenReaderMode = true;
    this.#terminal.refresh(0, this.#terminal.rows - 1);
  }

  #typed(bytes: Uint8Array<ArrayBuffer>): void {
    this.dispatchEvent(new TypedEvent(bytes));
  }

  readonly #colour = (): void => {
    const isDark = getComputedStyle(this).borderTopColor === 'rgb(0, 0, 0)';
    const theme = isDark ? DARK : LIGHT;
    this.#terminal.options.theme = this.past ? { ...theme, foreground: theme.brightBlack ?? '' } : theme;
  };
}
