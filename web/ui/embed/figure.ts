// <orrery-machine> in other people's pages: a machine that waits, as a poster with the
// text between its tags, until it is wanted; that rests while it cannot be seen; and that
// lets only one of its kind run at a time. What its attributes may say stands in
// `attributes.ts`; beyond the machine's own there are `run`, `input`, `until`, `at`, `flags`,
// `controls`, `interactive`, `group`, `theme`, `lang`, `label` and `height`.

import { html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import * as icons from '../icons.ts';
import { OrreryMachine } from '../machine.ts';
import '../mark.ts';
import { fetchScene, inWords, scenes } from '../scene/scenes.ts';
import { sentence } from '../sentence.ts';
import { pressed } from '../time/keys.ts';
import { CONTROLS } from '../toolbar.ts';
import { asTrouble, Trouble } from '../trouble.ts';
import { say } from '../words/words.ts';
import { follow } from './language.ts';
import { figureLook } from './look.ts';
import { Opening, type Wanted } from './opening.ts';
import { moment } from './moment.ts';
import { Sight } from './sight.ts';
import { Turns, type Player } from './turns.ts';
import { INTERACTIVITIES, LANGUAGES, oneOf, readBootargs, readControls, readHeight, readUnit, readWhole, RUNS, THEMES } from './attributes.ts';

/** A scene has no more. */
const MOST_STOPS = 9;
const turns = new Turns();

export class OrreryFigure extends OrreryMachine implements Player {
  /** What starts it: `click`, coming into view (`visible`), the page itself (`load`), or a call alone (`never`). */
  @property() run = 'click';
  /** Typed when the prompt is ready. */
  @property({ attribute: 'input' }) typed: string | undefined;
  /** Where to run to, once that is typed; a condition. */
  @property() until: string | undefined;
  /** Where to stand at first; a moment. */
  @property() at: string | undefined;
  /** Teaching flags of the kernel: `cow lazy`. */
  @property() flags: string | undefined;
  @property({ attribute: 'controls' }) shownControls = 'auto';
  /** Whether the reader may type and step (`all`), only step (`time`), or neither (`none`). */
  @property() interactive = 'all';
  /** Figures of one group may run at the same time. */
  @property() group: string | undefined;
  @property({ reflect: true }) theme: string | undefined;
  @property({ attribute: 'lang' }) language: string | undefined;
  /** What it is called, for the poster and for a screen reader. */
  @property() label: string | undefined;
  @property() height: string | undefined;

  /** Whether it has been started; before that there is no worker and no terminal. */
  @state() private isOpen = false;
  /** An attribute that cannot be read. */
  @state() private misread: Trouble | undefined;

  #rests = false;
  #opening: Opening | undefined;
  /** Resolves when the opening is over. */
  #opened: Promise<void> | undefined;
  /** What was wrong with it from the start, whatever its attributes say. */
  #flaw: Trouble | undefined;
  readonly #sight: Sight = new Sight(this, () => this.#seen());

  static override styles = [...OrreryMachine.styles, figureLook];

  constructor() {
    super();
    this.addEventListener('orrery-ready', () => this.#opening?.begin());
    this.addEventListener('orrery-play', () => turns.take(this));
    for (const still of ['orrery-pause', 'orrery-stop', 'orrery-error']) {
      this.addEventListener(still, () => turns.leave(this));
    }
    this.addEventListener('keydown', (event) => this.#keyed(event));
  }

  /** Starts it, or runs on. */
  override play(): void {
    turns.take(this);
    this.go();
  }

  override pause(): void {
    this.#rests = false;
    super.pause();
  }

  /** Whether it is a poster no more. */
  get isStarted(): boolean {
    return this.isOpen;
  }

  /** Whether it stands still only because it cannot be seen, or because another runs. */
  get isResting(): boolean {
    return this.#rests;
  }

  /**
   * Goes to a moment, which is counted from the beginning; starts the figure if need be.
   *
   * Resolves with whether it came there; if it did not, the figure says why.
   *
   * @throws Trouble `attribute-unknown` for a stop that its scene does not have.
   */
  async goTo(at: string): Promise<boolean> {
    await this.open();
    const stop = await this.#stopAt(at);
    if (stop !== undefined) return (await this.sceneTo(stop)) !== undefined;
    return (await this.seek(moment(at)))?.reason.kind === 'met';
  }

  /** Starts it if it is a poster; resolves when it stands where its attributes want it. */
  async open(): Promise<void> {
    if (this.misread !== undefined) return;
    if (!this.isOpen) {
      turns.take(this);
      this.isOpen = true;
      this.tell('orrery-open');
      this.#opened = this.#bootAsWanted();
    }
    await this.#opened;
  }

  /** Shows what went wrong; of a poster, in its place. */
  override fail(trouble: Trouble): void {
    this.#opening?.abandon();
    if (this.isOpen) return super.fail(trouble);
    this.#flaw = trouble;
    this.requestUpdate();
  }

  go(): void {
    this.#rests = false;
    if (!this.isOpen) void this.open();
    else if (this.#opening?.isUnderWay) this.#opening.proceed();
    else super.play();
  }

  rest(): void {
    this.#rests = true;
    super.pause();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#hidden);
    if (this.run === 'load') turns.queue(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#hidden);
    turns.leave(this);
    this.isOpen = false;
    this.#opening?.abandon();
    this.#opening = undefined;
    this.#rests = false;
  }

  override focus(): void {
    if (this.isOpen && this.interactive === 'all') super.focus();
    else HTMLElement.prototype.focus.call(this);
  }

  override render() {
    if (!this.isOpen) return this.#poster();
    // The box for conditions tells what cannot be read or found, if there is one.
    const untold = this.hasAttribute('no-until') ? this.refusal : undefined;
    return html`
      ${this.label ? html`<strong class="label" part="caption" aria-hidden="true">${this.label}</strong>` : nothing}
      ${untold === undefined ? nothing : misreadNote(untold)}
      ${super.render()}
    `;
  }

  protected override get needsSymbols(): boolean {
    return this.typed !== undefined || this.until !== undefined || this.at !== undefined;
  }

  /** Back on a page it is a poster again, and its attributes say when it starts. */
  protected override revive(): void {}

  protected override input(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.interactive !== 'all' && !this.#opening?.isUnderWay) return;
    // Who types into a figure that rests wants it back.
    if (this.#rests && !this.#opening?.isUnderWay) this.play();
    super.input(bytes);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    try {
      if (this.#flaw) throw this.#flaw;
      this.#heed();
      this.misread = undefined;
    } catch (error) {
      const trouble = asTrouble(error, 'attribute-unknown');
      if (trouble.message !== this.misread?.message) this.tell('orrery-error', { code: trouble.code, hint: sentence(trouble) });
      this.misread = trouble;
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (this.isOpen) this.terminal.readOnly = this.interactive !== 'all';
  }

  /** Reads the attributes that are words. Throws at the first that cannot be read. */
  #heed(): void {
    oneOf('run', this.run, RUNS);
    if (this.scene !== undefined && !this.scene.endsWith('.json')) oneOf('scene', this.scene, scenes.map(({ id }) => id));
    oneOf('theme', this.theme ?? 'auto', THEMES);
    oneOf('interactive', this.interactive, INTERACTIVITIES);
    follow(oneOf('lang', this.language ?? 'auto', LANGUAGES), this);
    readUnit(this.unit);
    const controls = this.interactive === 'none' ? [] : readControls(this.shownControls);
    this.controls = CONTROLS.filter((control) => controls.includes(control));
    this.toggleAttribute('no-toolbar', this.controls.length === 0);
    this.toggleAttribute('no-until', !controls.includes('until'));
    this.toggleAttribute('no-status', !controls.includes('status'));
    this.style.height = this.height === undefined ? '' : readHeight(this.height);
    for (const [name, from, to] of [['harts', 1, 8], ['seed', 0, Number.MAX_SAFE_INTEGER]] as const) {
      const text = this.getAttribute(name);
      if (text !== null) readWhole(name, text, from, to);
    }
    if (this.flags !== undefined) this.bootargs = readBootargs(this.flags, this.getAttribute('bootargs') ?? undefined);
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', this.#title ?? say('figure.label'));
    this.tabIndex = 0;
  }

  /** What it is called: by its author, else by its scene. */
  get #title(): string | undefined {
    const title = scenes.find(({ id }) => id === this.scene)?.title;
    return this.label ?? (title && inWords(title));
  }

  /** Which stop of its scene `at` names, from 0: `step:3`, or `mark:forked`. */
  async #stopAt(at: string): Promise<number | undefined> {
    if (this.scene === undefined) return undefined;
    const [, kind, name = ''] = /^(step|mark):(.+)$/.exec(at.trim()) ?? [];
    if (kind === 'step') return readWhole('at', name, 1, MOST_STOPS) - 1;
    if (kind !== 'mark') return undefined;
    const { text } = await fetchScene(this.scene, this.variant, new AbortController().signal);
    const { steps } = JSON.parse(text) as { steps: { mark?: string }[] };
    const marks = steps.map(({ mark }) => mark);
    if (!marks.includes(name)) throw new Trouble('attribute-unknown', { name: 'at', value: at, known: marks.filter(Boolean).map((mark) => `mark:${mark}`).join(', ') });
    return marks.indexOf(name);
  }

  #poster() {
    const { misread } = this;
    return html`<div class="poster" part="poster">
      ${misread === undefined ? nothing : misreadNote(sentence(misread))}
      <orrery-mark aria-hidden="true"></orrery-mark>
      ${this.#title ? html`<strong>${this.#title}</strong>` : nothing}
      <div><slot></slot></div>
      ${this.run === 'never' || misread !== undefined
        ? nothing
        : html`<button class="start" @click=${this.#clicked}>${icons.play}<span>${say('figure.start')}</span></button>`}
    </div>`;
  }

  /** Who starts it wants the keyboard in it. */
  #clicked(): void {
    void this.open().then(() => this.focus());
  }

  async #bootAsWanted(): Promise<void> {
    try {
      this.#opening = new Opening(this, await this.#wanted());
    } catch (error) {
      this.fail(asTrouble(error, 'attribute-unknown'));
      return;
    }
    await this.updateComplete;
    if (!this.isOpen) return;
    void this.boot();
    await this.#opening.done;
  }

  /** Where the attributes want it. A scene types for itself. */
  async #wanted(): Promise<Wanted> {
    const { typed, until, at } = this;
    if (this.scene === undefined) return { typed, until, at };
    return { stop: (await this.#stopAt(at ?? '')) ?? 0 };
  }

  #keyed(event: KeyboardEvent): void {
    if (!this.isOpen || this.interactive === 'none') return;
    pressed(event, this);
    // A page may have plans of its own for arrow keys and Space.
    if (event.defaultPrevented) event.stopPropagation();
  }

  #seen(): void {
    if (!this.#sight.isSeen) this.#outOfSight();
    else if (this.#rests || (this.run === 'visible' && !this.isOpen)) turns.queue(this);
  }

  readonly #hidden = (): void => {
    if (document.hidden) this.#outOfSight();
    else if (this.#sight.isSeen && this.#rests) turns.queue(this);
  };

  /** Where it was asked to go it still comes: its panels may be seen, and it will stand there. */
  #outOfSight(): void {
    if (this.#opening?.isUnderWay) return;
    if (this.isRunning) this.rest();
    turns.leave(this);
  }
}

function misreadNote(text: string) {
  return html`<p class="misread" role="alert">${icons.warning}<span>${text}</span></p>`;
}
