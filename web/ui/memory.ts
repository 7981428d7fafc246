// Remembers what the reader chose. In a sandboxed frame the very look at `localStorage`
// throws; then nothing is remembered, and nothing else happens.

const PREFIX = 'orrery.';

/** What was remembered under `name`, if anything. */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Remembers `value` under `name` where that is allowed. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Not allowed here: the choice holds until the page is left.
  }
}
