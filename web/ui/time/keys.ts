// The keyboard's way through time: one row a key. Keys belong to whoever has the focus
// first: a field, a button or the terminal keeps those it needs.

import type { Unit } from 'orrery-wasm';
import { recall, remember } from '../memory.ts';
import type { Word } from '../words/words.ts';
import { UNITS } from './units.ts';

/** What keys ask of a machine. */
export interface Keyed {
  unit: Unit;
  toggle(): void;
  step(n?: number, unit?: Unit): unknown;
  back(n?: number, unit?: Unit): unknown;
  seek(at: string): unknown;
}

/** A key and what it does. */
export interface KeyRow {
  /** `KeyboardEvent.key`, any of them. */
  keys: readonly string[];
  /** As it stands in the list for readers. */
  label: string;
  word: Word;
  /** It is a letter, a digit or a mark, and can be turned off (WCAG 2.1.4). */
  isCharacter: boolean;
  act(machine: Keyed, key: string): void;
}

/** All keys. */
export const KEYS: readonly KeyRow[] = [
  { keys: [' '], label: 'Space', word: 'keys.toggle', isCharacter: false, act: (machine) => machine.toggle() },
  { keys: ['ArrowRight'], label: '→', word: 'keys.step', isCharacter: false, act: (machine) => machine.step() },
  { keys: ['ArrowLeft'], label: '←', word: 'keys.back', isCharacter: false, act: (machine) => machine.back() },
  { keys: ['Home'], label: 'Home', word: 'keys.start', isCharacter: false, act: (machine) => machine.seek('start') },
  { keys: ['End'], label: 'End', word: 'keys.end', isCharacter: false, act: (machine) => machine.seek('end') },
  {
    keys: UNITS.map((_, n) => String(n + 1)),
    label: `1 – ${UNITS.length}`,
    word: 'keys.unit',
    isCharacter: true,
    act(machine, key) {
      machine.unit = UNITS[Number(key) - 1] ?? machine.unit;
    },
  },
  { keys: [']'], label: ']', word: 'keys.next', isCharacter: true, act: (machine) => machine.step(1, 'event') },
  { keys: ['['], label: '[', word: 'keys.previous', isCharacter: true, act: (machine) => machine.back(1, 'event') },
];

/** Elements that need the keys typed into them. */
const FIELDS = 'orrery-terminal, input, textarea, select, [contenteditable], [role="slider"], [role="tree"], [role="grid"], [role="tablist"]';
/** Elements that need Space alone. */
const PRESSED = 'button, summary, a, label';

let areCharactersOn = recall('character-keys') !== 'off';

/** Whether keys that are characters do anything. */
export function characterKeysAreOn(): boolean {
  return areCharactersOn;
}

/** Turns keys that are characters on or off, and remembers it. */
export function turnCharacterKeys(isOn: boolean): void {
  areCharactersOn = isOn;
  remember('character-keys', isOn ? 'on' : 'off');
}

/** Does what `event` asks of `machine`, if it is one of {@link KEYS} and nobody else's. */
export function pressed(event: KeyboardEvent, machine: Keyed): void {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const row = KEYS.find(({ keys }) => keys.includes(event.key));
  if (row === undefined || (row.isCharacter && !areCharactersOn)) return;
  const taken = event.key === ' ' ? `${FIELDS}, ${PRESSED}` : FIELDS;
  if (event.composedPath().some((node) => node instanceof Element && node.matches(taken))) return;
  event.preventDefault();
  row.act(machine, event.key);
}
