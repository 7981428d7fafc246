// What is watched, computed as often as it is worth: not at all when nobody watches, not
// faster than the screen draws, and never for more than a tenth of the time. What looks as
// it did is not told again.

import type { Orrery, View, ViewRequest } from 'orrery-wasm';
import type { FromWorker } from '../protocol.ts';
import { nextShowMs } from './pacing.ts';

/** Shows the machine to whoever watches. */
export class Showing {
  readonly #machine: Orrery;
  readonly #post: (message: FromWorker) => void;
  #requests: ViewRequest[] = [];
  /** What was posted last for each request. */
  #posted = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueMs = 0;
  /** Posted and not yet drawn. */
  #isUnderWay = false;
  /** The machine moved since, or other views are wanted. */
  #isStale = false;
  /** The machine stands. */
  #isStop = true;

  constructor(machine: Orrery, post: (message: FromWorker) => void) {
    this.#machine = machine;
    this.#post = post;
  }

  /** From now on `requests` are wanted. */
  watch(requests: ViewRequest[]): void {
    this.#requests = requests;
    this.#posted.clear();
    this.#dueMs = 0;
    this.#isUnderWay = false;
    this.stale();
  }

  /** What was shown holds no longer, though the machine did not move. */
  stale(): void {
    this.#isStale = true;
    this.#schedule();
  }

  /** The machine moved on: what was shown will be shown anew when it is due. */
  moved(): void {
    this.#isStop = false;
    this.stale();
  }

  /** The machine stands: what it shows now must be exact, and at once. */
  stopped(): void {
    this.#isStop = true;
    this.#show();
  }

  /** The page has drawn what was last posted. */
  drawn(): void {
    this.#isUnderWay = false;
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#isStale || this.#isUnderWay || this.#requests.length === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#show(), Math.max(0, this.#dueMs - performance.now()));
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isStale = false;
    if (this.#requests.length === 0) return;
    const startMs = performance.now();
    const looks = this.#requests.map((request) => ({ request, view: this.#machine.view(request) }));
    // At a stop all panels are told, since all compare with the stop before.
    const news = looks.filter(({ request, view }) => this.#isNews(request, view) || this.#isStop);
    if (news.length > 0) {
      this.#isUnderWay = true;
      const [requests, views] = [news.map(({ request }) => request), news.map(({ view }) => view)];
      this.#post({ kind: 'views', shown: { t: this.#machine.t, isStop: this.#isStop }, requests, views });
    }
    this.#dueMs = nextShowMs(startMs, performance.now() - startMs);
  }

  #isNews(request: ViewRequest, view: View): boolean {
    const [key, text] = [JSON.stringify(request), JSON.stringify(view)];
    if (this.#posted.get(key) === text) return false;
    this.#posted.set(key, text);
    return true;
  }
}
