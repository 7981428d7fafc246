// What is different from the last stop: plain functions over plain data.

/** What became of a thing since the last stop. */
export type Change = 'same' | 'new' | 'changed' | 'gone';

/** A thing and what became of it. */
export interface Compared<T> {
  /** As it is; if it is gone, as it was. */
  item: T;
  /** As it was, if it was there. */
  before: T | undefined;
  change: Change;
}

/**
 * Each of `now` in its order, with what is gone where it stood.
 *
 * Things are the same one if `key` says so. Without `before` there is nothing to compare
 * with, and all are the same as ever.
 */
export function compare<T>(
  before: readonly T[] | undefined,
  now: readonly T[],
  key: (item: T) => string | number,
  isEqual: (a: T, b: T) => boolean = isSame,
): Compared<T>[] {
  if (before === undefined) return now.map((item) => ({ item, before: item, change: 'same' }));
  const kept = new Set(now.map(key));
  const old = new Map(before.map((item) => [key(item), item]));
  // What is gone, by the key of what stood before it and is still there.
  const goneAfter = new Map<string | number | undefined, Compared<T>[]>();
  let anchor: string | number | undefined;
  for (const item of before) {
    if (kept.has(key(item))) anchor = key(item);
    else goneAfter.set(anchor, [...(goneAfter.get(anchor) ?? []), { item, before: item, change: 'gone' }]);
  }
  const here = now.flatMap((item): Compared<T>[] => {
    const was = old.get(key(item));
    const change = was === undefined ? 'new' : isEqual(was, item) ? 'same' : 'changed';
    return [{ item, before: was, change }, ...(goneAfter.get(key(item)) ?? [])];
  });
  return [...(goneAfter.get(undefined) ?? []), ...here];
}

/** Whether two pieces of a view say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** How many of each there are. */
export function count(changes: readonly { change: Change }[]): Record<Change, number> {
  const counts = { same: 0, new: 0, changed: 0, gone: 0 };
  for (const { change } of changes) counts[change] += 1;
  return counts;
}
