// The kinds of events on the timeline: where each is drawn, and how. Shape and place tell
// them apart; colour only helps.

import type { Kind } from 'orrery-wasm';

/** Where an event is drawn. */
export type Lane = 'hart' | 'disk' | 'console';
/** How it is drawn. */
export type Glyph = 'up' | 'down' | 'diamond' | 'tick' | 'bar' | 'dot' | 'ring' | 'square' | 'flag';
/** Which of the timeline's colours it has. */
export type Ink = 'call' | 'fault' | 'quiet' | 'switch' | 'disk' | 'text';

/** One kind. */
export interface KindRow {
  kind: Kind;
  lane: Lane;
  glyph: Glyph;
  ink: Ink;
  /** Of several on one spot the one with the highest rank is drawn. */
  rank: number;
}

/** All kinds, in the order in which the worker numbers them. */
export const KINDS: readonly KindRow[] = [
  { kind: 'syscall', lane: 'hart', glyph: 'up', ink: 'call', rank: 6 },
  { kind: 'return', lane: 'hart', glyph: 'down', ink: 'call', rank: 4 },
  { kind: 'trap', lane: 'hart', glyph: 'diamond', ink: 'fault', rank: 9 },
  { kind: 'interrupt', lane: 'hart', glyph: 'tick', ink: 'quiet', rank: 1 },
  { kind: 'switch', lane: 'hart', glyph: 'bar', ink: 'switch', rank: 5 },
  { kind: 'call', lane: 'hart', glyph: 'dot', ink: 'quiet', rank: 3 },
  { kind: 'disk-read', lane: 'disk', glyph: 'ring', ink: 'disk', rank: 2 },
  { kind: 'disk-write', lane: 'disk', glyph: 'square', ink: 'disk', rank: 7 },
  { kind: 'print', lane: 'console', glyph: 'tick', ink: 'text', rank: 2 },
  { kind: 'input', lane: 'console', glyph: 'up', ink: 'text', rank: 8 },
  { kind: 'ready', lane: 'console', glyph: 'flag', ink: 'quiet', rank: 3 },
  { kind: 'resume', lane: 'hart', glyph: 'down', ink: 'fault', rank: 4 },
];

/** Kinds that are shown, or not, together: a chip each. */
export const SORTS = {
  calls: ['syscall', 'return'],
  faults: ['trap', 'resume'],
  interrupts: ['interrupt'],
  switches: ['switch'],
  functions: ['call'],
  disk: ['disk-read', 'disk-write'],
  console: ['print', 'input', 'ready'],
} as const satisfies Record<string, readonly Kind[]>;

/** One of {@link SORTS}. */
export type Sort = keyof typeof SORTS;

/** The sort of a kind. */
export function sortOf(kind: Kind): Sort {
  const [sort] = Object.entries(SORTS).find(([, kinds]) => (kinds as readonly Kind[]).includes(kind)) ?? [];
  return (sort ?? 'calls') as Sort;
}

/** Whether a kind, by its number, means that something happened: an idle guest has interrupts all the time. */
export function isSomething(kind: number): boolean {
  return KINDS[kind]?.kind !== 'interrupt';
}
