// What a machine shows of itself, as text: `console page-table:pid=4 processes`. The same
// words stand in the attribute `view` of a figure, in the page's address and in scenes.

import type { Panel, ViewRequest } from 'orrery-wasm';
import { panelOf, panels } from './panels/registry.ts';
import type { Options, PanelType } from './panels/request.ts';
import { Trouble } from './trouble.ts';

/** One panel of a layout. */
export interface Placed {
  type: PanelType;
  options: Options;
}

/** What is to be seen. */
export interface Layout {
  console: boolean;
  panels: readonly Placed[];
}

/** Names one might use for a panel besides its own. */
const ALIASES: Readonly<Record<string, string>> = { proc: 'processes', threads: 'processes', regs: 'harts' };

/**
 * Reads a layout; `none` stands for nothing at all.
 *
 * @throws Trouble `panel-unknown` or `panel-option` for what does not exist.
 */
export function readLayout(text: string): Layout {
  const words = text.split(/[\s,]+/).filter((word) => word !== '' && word !== 'none');
  const panels = words.filter((word) => word !== 'console').map(readPlaced);
  return { console: words.includes('console'), panels };
}

/** A layout as text, so that {@link readLayout} gives it back. */
export function writeLayout({ console, panels }: Layout): string {
  const words = panels.map(({ type, options }) => [type, ...Object.entries(options).map(([name, value]) => `${name}=${value}`)].join(':'));
  return [...(console ? ['console'] : []), ...words].join(' ') || 'none';
}

/** The layout of a scene's stop. */
export function ofPanels(wanted: readonly Panel[]): Layout {
  return {
    console: wanted.some(({ type }) => type === 'console'),
    panels: wanted.flatMap(({ request }) => (request ? [{ type: request.kind, options: optionsOf(request) }] : [])),
  };
}

function optionsOf(request: ViewRequest): Options {
  switch (request.kind) {
    case 'page-table':
      return { pid: request.pid ?? 'kernel', ...(request.va !== undefined && { va: request.va }) };
    case 'source':
      return { hart: request.hart };
    case 'processes':
    case 'locks':
    case 'log':
    case 'disk':
    case 'harts':
      return {};
  }
}

function readPlaced(word: string): Placed {
  const [name = '', ...settings] = word.split(':');
  const row = panelOf(ALIASES[name] ?? name);
  if (row === undefined) throw new Trouble('panel-unknown', { name, known: panels.map(({ type }) => type).join(', ') });
  return { type: row.type, options: Object.assign({}, ...settings.map((setting) => readOption(setting, word))) as Options };
}

function readOption(setting: string, word: string): Options {
  const [name, value = ''] = setting.split('=');
  if (name === 'pid' && value === 'kernel') return { pid: 'kernel' };
  if (name === 'pid' && /^\d+$/.test(value)) return { pid: Number(value) };
  if (name === 'hart' && /^\d$/.test(value)) return { hart: Number(value) };
  if (name === 'va' && /^0x[0-9a-f]+$/i.test(value)) return { va: value.toLowerCase() };
  throw new Trouble('panel-option', { setting, word });
}
