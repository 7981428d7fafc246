// What the attributes of a figure may say. Each reader returns the value its text stands
// for, or throws a Trouble that names the attribute and what would do.

import type { Unit } from 'orrery-wasm';
import { UNITS } from '../time/units.ts';
import { CONTROLS, type Control } from '../toolbar.ts';
import { Trouble } from '../trouble.ts';

export const RUNS = ['click', 'visible', 'load', 'never'] as const;
export const THEMES = ['auto', 'light', 'dark', 'contrast'] as const;
export const LANGUAGES = ['auto', 'en', 'zh-Hans'] as const;
export const INTERACTIVITIES = ['all', 'time', 'none'] as const;

const LINES = ['until', 'status'] as const;

/** Teaching flags of the kernel, and the boot arguments they stand for. */
const FLAGS: Readonly<Record<string, string>> = {
  cow: 'fork=cow',
  eager: 'fork=eager sbrk=eager',
  lazy: 'sbrk=lazy',
};

/** One of `known`. */
export function oneOf<T extends string>(attribute: string, text: string, known: readonly T[]): T {
  const found = known.find((word) => word === text.trim());
  if (found === undefined) throw unfit(attribute, text, known.join(', '));
  return found;
}

/** By what a step goes. */
export function readUnit(text: string): Unit {
  return oneOf('unit', text, UNITS);
}

/** What a figure can be steered by: the toolbar's controls, the box for conditions, the status line. */
export type FigureControl = Control | (typeof LINES)[number];

/** `auto` for all, `none`, or some of them. */
export function readControls(text: string): readonly FigureControl[] {
  const known = [...CONTROLS, ...LINES];
  if (text.trim() === 'auto') return known;
  return words(text).filter((word) => word !== 'none').map((word) => oneOf('controls', word, known));
}

/** Boot arguments: those of the flags first, so that `bootargs` has the last word. */
export function readBootargs(flags: string | undefined, bootargs: string | undefined): string | undefined {
  if (flags === undefined && bootargs === undefined) return undefined;
  if (!/^[\x20-\x7e]*$/.test(bootargs ?? '')) throw new Trouble('parameter-text', { name: 'bootargs', value: bootargs ?? '' });
  const stoodFor = words(flags ?? '').map((flag) => FLAGS[oneOf('flags', flag, Object.keys(FLAGS))] ?? '');
  return [...stoodFor, ...(bootargs ? [bootargs] : [])].join(' ');
}

/** A whole number. */
export function readWhole(attribute: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || value < from || value > to) {
    throw new Trouble('parameter-range', { name: attribute, value: text, from: String(from), to: String(to) });
  }
  return value;
}

/** A height for a style sheet: a number of pixels, or `auto`. */
export function readHeight(text: string): string {
  if (text.trim() === 'auto') return 'auto';
  return `${readWhole('height', text.replace(/px$/, ''), 80, 4000)}px`;
}

/** Text to type: `\n` is Enter, `^C` Ctrl-C, `\\` and `\^` themselves. */
export function readInput(text: string): string {
  return text.replace(/\\([\\n^])|\^([@-_])/g, (_, escaped: string | undefined, control: string | undefined) => {
    if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 0x1f);
    return escaped === 'n' ? '\n' : (escaped ?? '');
  });
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function unfit(attribute: string, value: string, known: string): Trouble {
  return new Trouble('attribute-unknown', { name: attribute, value, known });
}
