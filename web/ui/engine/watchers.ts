// Who looks at what. Panels, wherever they stand, ask for views of one machine; the
// worker is asked for each view once, and only while somebody looks.

import type { View, ViewRequest } from 'orrery-wasm';
import type { Shown } from './protocol.ts';

/** Called with each new view, and the moment it shows. */
export type Heard = (view: View, shown: Shown) => void;

interface Look {
  key: string;
  heard: Heard;
}

/** All that look at one machine, whatever engine it has at the moment. */
export class Watchers {
  readonly #looks = new Set<Look>();
  readonly #latest = new Map<string, { view: View; shown: Shown }>();
  readonly #changed: () => void;
  #isChangeTold = false;

  /** `changed` is called, once for changes made together, when other views are wanted. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** What is wanted, each once. */
  get requests(): ViewRequest[] {
    return [...new Set([...this.#looks].map((look) => look.key))].map((key) => JSON.parse(key) as ViewRequest);
  }

  /** Looks at one view from now on; returns what ends it. */
  watch(request: ViewRequest, heard: Heard): () => void {
    const look = { key: JSON.stringify(request), heard };
    this.#looks.add(look);
    const latest = this.#latest.get(look.key);
    if (latest) heard(latest.view, latest.shown);
    this.#tellChange();
    return () => {
      if (!this.#looks.delete(look)) return;
      if (![...this.#looks].some(({ key }) => key === look.key)) this.#latest.delete(look.key);
      this.#tellChange();
    };
  }

  /** Hands out what the worker computed; `requests` say which view is which. */
  heard(views: View[], requests: ViewRequest[], shown: Shown): void {
    for (const [n, request] of requests.entries()) {
      const key = JSON.stringify(request);
      const view = views[n];
      if (view === undefined) continue;
      const looks = [...this.#looks].filter((look) => look.key === key);
      if (looks.length > 0) this.#latest.set(key, { view, shown });
      for (const { heard } of looks) heard(view, shown);
    }
  }

  /** Forgets what was seen: another machine is coming. */
  clear(): void {
    this.#latest.clear();
  }

  #tellChange(): void {
    if (this.#isChangeTold) return;
    this.#isChangeTold = true;
    queueMicrotask(() => {
      this.#isChangeTold = false;
      this.#changed();
    });
  }
}
