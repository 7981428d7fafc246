// The terminal's colours on paper and on ink. The sixteen are chosen to be read on their
// ground (4.5 : 1), so a program that writes in yellow can be read in daylight too.

import type { ITheme } from '@xterm/xterm';

export const LIGHT: ITheme = {
  background: '#fffdf8',
  foreground: '#23262d',
  cursor: '#7d5a10',
  cursorAccent: '#fffdf8',
  selectionBackground: '#ecdcb4',
  selectionForeground: '#23262d',
  black: '#23262d',
  red: '#a32b1d',
  green: '#2b6a3f',
  yellow: '#7d5a10',
  blue: '#2f529a',
  magenta: '#83338a',
  cyan: '#1f6a70',
  white: '#6a675d',
  brightBlack: '#5b5749',
  brightRed: '#b8331f',
  brightGreen: '#2f7546',
  brightYellow: '#8a6410',
  brightBlue: '#3a61b0',
  brightMagenta: '#96409e',
  brightCyan: '#22757b',
  brightWhite: '#3a3d44',
};

export const DARK: ITheme = {
  background: '#1a1d23',
  foreground: '#e9e5da',
  cursor: '#e2b661',
  cursorAccent: '#1a1d23',
  selectionBackground: '#4a4128',
  selectionForeground: '#f6f2e6',
  black: '#8a8f9b',
  red: '#f29a8b',
  green: '#86c996',
  yellow: '#e2b661',
  blue: '#93b1ea',
  magenta: '#d69bdc',
  cyan: '#7cc4ca',
  white: '#d8d4c8',
  brightBlack: '#9aa0ac',
  brightRed: '#ffb3a6',
  brightGreen: '#a1deaf',
  brightYellow: '#f3cd84',
  brightBlue: '#b1c9f7',
  brightMagenta: '#e8b8ec',
  brightCyan: '#9bdbe0',
  brightWhite: '#ffffff',
};
