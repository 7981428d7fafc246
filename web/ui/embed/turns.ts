// Who may run: of all figures on a page one at a time, because each takes a processor.
// Plain bookkeeping; what running and resting mean is the figures' own affair.

/** One who takes turns. */
export interface Player {
  /** Figures of one group run together; without a name each is a group of its own. */
  readonly group: string | undefined;
  /** It is this one's turn: run. */
  go(): void;
  /** Another one's turn has come: stand still, and keep everything. */
  rest(): void;
}

/** The turns of one page. */
export class Turns {
  readonly #running = new Set<Player>();
  readonly #waiting = new Set<Player>();

  /** Now, because the reader asked for it: whoever else runs has to rest. */
  take(player: Player): void {
    this.#waiting.delete(player);
    for (const other of this.#running) {
      if (other !== player && !areTogether(other, player)) {
        this.#running.delete(other);
        other.rest();
      }
    }
    this.#running.add(player);
  }

  /** As soon as nobody else runs; `go` is called when it is so, perhaps at once. */
  queue(player: Player): void {
    if (this.#running.has(player)) return;
    this.#waiting.add(player);
    this.#next();
  }

  /** It runs no more, and waits no more. */
  leave(player: Player): void {
    this.#waiting.delete(player);
    if (this.#running.delete(player)) this.#next();
  }

  #next(): void {
    for (const player of this.#waiting) {
      if ([...this.#running].every((other) => areTogether(other, player))) {
        this.#waiting.delete(player);
        this.#running.add(player);
        player.go();
      }
    }
  }
}

function areTogether(one: Player, other: Player): boolean {
  return one.group !== undefined && one.group === other.group;
}
