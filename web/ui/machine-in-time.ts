// The machine, going about in time: steps, runs to a condition and back, journeys to a
// moment, and from stop to stop of a scene; and what the reader has chosen to look at.

import type { Arrival, Focus, Position, Reason, SceneStop, Unit } from 'orrery-wasm';
import type { PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Calls } from './engine/calls.ts';
import { Refused } from './engine/engine.ts';
import { MachineCore } from './machine-core.ts';
import { canMove } from './phase.ts';
import { selected, type Selection, type SelectionChange } from './selection.ts';
import { Trouble } from './trouble.ts';
import { say } from './words/words.ts';

/** A method that moves the machine in time, and what it resolves with. */
type Move = 'seek' | 'step' | 'back' | 'runUntil' | 'backUntil' | 'scene';
/** What it resolves with; with nothing if it was refused, or called off by another. */
type Moved<M extends Move> = Promise<ReturnType<Calls[M]> | undefined>;

/** A machine that can be taken forward and back. */
export abstract class MachineInTime extends MachineCore {
  /** By what it steps, if a step does not say. */
  @property() unit: Unit = 'event';
  /** What a step heeds. */
  @property({ attribute: false }) filter: Focus = {};
  /** The stop of the scene that was come to last. */
  @state() protected stop: SceneStop | undefined;
  /** Whether it is on its way to a stop of the scene. */
  @state() protected isOnItsWay = false;

  #selection: Selection = {};
  /** What the reader chose, as against what the machine follows by itself. */
  #isChosen = false;
  /** The time of which the call is that was chosen. */
  #callT = 0;

  /** Goes `n` units forward. Each journey resolves with where it came to, or with nothing if it was called off. */
  step(n = 1, unit = this.unit): Promise<Arrival | undefined> {
    return this.#travel(undefined, 'step', n, unit, this.#focus(unit));
  }

  /** Goes `n` units back. */
  back(n = 1, unit = this.unit): Promise<Arrival | undefined> {
    return this.#travel(undefined, 'back', n, unit, this.#focus(unit));
  }

  /** Goes to a time: a number is `t`; or `start`, `end`, `t:123`, `event:trap.store-fault#1`. */
  seek(at: number | string): Promise<Arrival | undefined> {
    return this.#travel(undefined, 'seek', String(at));
  }

  /** Runs until a condition comes, such as `syscall:fork`. */
  runUntil(condition: string): Promise<Arrival | undefined> {
    return this.#travel(condition, 'runUntil', condition);
  }

  /** Goes back to where a condition came last. */
  reverseUntil(condition: string): Promise<Arrival | undefined> {
    return this.#travel(undefined, 'backUntil', condition);
  }

  /** Goes to stop `n`, from 0, of its scene; resolves with what there is to see, or with nothing if it did not come. */
  async sceneTo(n: number): Promise<SceneStop | undefined> {
    const { staged } = this;
    if (staged === undefined) return undefined;
    this.isOnItsWay = true;
    const played = await this.#go(undefined, 'scene', n);
    this.isOnItsWay = false;
    if (played === undefined) return undefined;
    if (played.kind === 'missed') {
      this.setBack(new Trouble('scene-missed', { detail: played.sentence }));
      return undefined;
    }
    const { stop } = played;
    this.stop = stop;
    if (stop.highlight) this.select(stop.highlight);
    this.tell('orrery-scene', { id: staged.outline.id, step: stop.step, of: stop.of, mark: stop.mark });
    this.#tellStop({ kind: 'met' }, stop.position);
    return stop;
  }

  /** To the next stop of its scene. */
  sceneNext(): Promise<SceneStop | undefined> {
    return this.sceneTo((this.stop?.step ?? -1) + 1);
  }

  /** To the stop before. */
  scenePrev(): Promise<SceneStop | undefined> {
    return this.sceneTo(Math.max(0, (this.stop?.step ?? 0) - 1));
  }

  /** Makes this moment of the past the present; what came after it is forgotten. */
  async branchHere(): Promise<void> {
    if (this.engine === undefined || !this.isPast) return;
    const position = await this.engine.call('branchHere');
    this.tell('orrery-branch', { t: position.t });
  }

  /** What the reader has chosen. */
  get selection(): Selection {
    return this.#selection;
  }

  /** Chooses; a field given as `undefined` is chosen no longer. */
  select(change: SelectionChange): void {
    this.#isChosen = true;
    this.#callT = this.t;
    this.#choose(change);
    this.tell('orrery-select', { ...this.#selection });
  }

  #choose(change: SelectionChange): void {
    this.#selection = selected(this.#selection, change);
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    // A moment later the stack may be another.
    if (this.#selection.call !== undefined && this.t !== this.#callT) this.#choose({ call: undefined });
  }

  #focus(unit: Unit): Focus {
    const { hart } = this.#selection;
    const isByHart = unit === 'line' || unit === 'insn';
    return isByHart && hart !== undefined && this.#isChosen ? { ...this.filter, hart } : this.filter;
  }

  async #travel<M extends Exclude<Move, 'scene'>>(goal: string | undefined, method: M, ...args: Parameters<Calls[M]>): Moved<M> {
    const arrival = await this.#go(goal, method, ...args);
    if (arrival !== undefined) this.#arrived(arrival);
    return arrival;
  }

  /** Leaves for elsewhere: to `goal`, if it runs there as ever. */
  async #go<M extends Move>(goal: string | undefined, method: M, ...args: Parameters<Calls[M]>): Moved<M> {
    const { engine } = this;
    if (engine === undefined || !canMove(this.phase)) return undefined;
    this.#departed(goal);
    try {
      return await engine.call(method, ...args);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!error.isCalledOff) this.#refused(error.message);
      return undefined;
    }
  }

  #departed(goal: string | undefined): void {
    this.refusal = undefined;
    this.remark = undefined;
    if (goal !== undefined) {
      this.phase = { kind: 'running', goal };
      this.tell('orrery-play');
    } else if (this.phase.kind === 'running') {
      this.phase = { kind: 'paused' };
      this.tell('orrery-pause');
    }
  }

  #arrived({ reason, position }: Arrival): void {
    if (canMove(this.phase)) this.phase = { kind: 'paused' };
    if (reason.kind === 'start' || reason.kind === 'waiting' || reason.kind === 'not-yet') this.remark = say(`arrival.${reason.kind}`);
    if (reason.kind === 'refused') this.#refused(reason.why);
    else if (reason.kind === 'power-off' || reason.kind === 'reset') this.phase = { kind: 'ended', stop: reason };
    this.#tellStop(reason, position);
  }

  #tellStop(reason: Reason, position: Position): void {
    const { event } = position;
    // Until the reader chooses, the panels show whom it happened to.
    if (!this.#isChosen && event?.pid !== undefined) this.#choose({ pid: event.pid });
    this.tell('orrery-stop', { reason: reason.kind, at: position.t });
  }

  #refused(message: string): void {
    if (this.phase.kind === 'running') this.phase = { kind: 'paused' };
    this.refusal = message;
    this.tell('orrery-error', { code: 'move-refused', hint: message });
  }

  protected override leftEngine(): void {
    super.leftEngine();
    this.stop = undefined;
    this.isOnItsWay = false;
    this.#isChosen = false;
    this.#selection = {};
  }
}
