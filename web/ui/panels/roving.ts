// One tab stop for a list, tree or grid, and the arrow keys within: the manner of the ARIA
// Authoring Practices, "Keyboard Navigation Inside Components". A group is an element with
// `data-roving`; its items have `data-item` and start with `tabindex="-1"`.

import type { ReactiveController, ReactiveElement } from 'lit';

/** Moves the focus within each group of a panel. A key already handled is left alone. */
export class Roving implements ReactiveController {
  readonly #host: ReactiveElement;

  constructor(host: ReactiveElement) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdated(): void {
    for (const group of this.#host.renderRoot.querySelectorAll('[data-roving]')) {
      const items = itemsOf(group);
      if (items.some((item) => item.tabIndex === 0)) continue;
      const first = items.find((item) => item.matches('[aria-selected=true], [aria-current=true]')) ?? items[0];
      if (first) first.tabIndex = 0;
    }
  }

  hostConnected(): void {
    // On the root, since the host itself sees its inside as one element.
    this.#host.renderRoot.addEventListener('keydown', onKey);
    this.#host.renderRoot.addEventListener('focusin', onFocus);
  }
}

function onFocus(event: Event): void {
  const item = (event.target as Element).closest<HTMLElement>('[data-item]');
  const group = item?.closest('[data-roving]');
  if (!item || !group) return;
  for (const other of itemsOf(group)) other.tabIndex = other === item ? 0 : -1;
}

function onKey(event: Event): void {
  const { key, defaultPrevented, ctrlKey, altKey, metaKey } = event as KeyboardEvent;
  const item = (event.target as Element).closest<HTMLElement>('[data-item]');
  const group = item?.closest('[data-roving]');
  if (defaultPrevented || ctrlKey || altKey || metaKey || !item || !group || item !== event.target) return;
  if (key === 'Enter' || key === ' ') {
    event.preventDefault();
    item.click();
    return;
  }
  const next = neighbour(itemsOf(group), item, key, group.getAttribute('data-roving') === 'grid');
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function neighbour(items: HTMLElement[], item: HTMLElement, key: string, isGrid: boolean): HTMLElement | undefined {
  const at = items.indexOf(item);
  const columns = isGrid ? columnsOf(items) : 1;
  switch (key) {
    case 'ArrowDown':
      return items[at + columns];
    case 'ArrowUp':
      return items[at - columns];
    case 'ArrowRight':
      return isGrid ? items[at + 1] : undefined;
    case 'ArrowLeft':
      return isGrid ? items[at - 1] : undefined;
    case 'Home':
      return items[0];
    case 'End':
      return items.at(-1);
    default:
      return undefined;
  }
}

/** How many items stand in the first row. */
function columnsOf(items: HTMLElement[]): number {
  const top = items[0]?.offsetTop;
  return items.filter((item) => item.offsetTop === top).length;
}

function itemsOf(group: Element): HTMLElement[] {
  return [...group.querySelectorAll<HTMLElement>('[data-item]')];
}
