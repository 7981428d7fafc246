// `embed.html`: one figure that fills its window, for hosts that take nothing but a frame.
// Its attributes stand in the address (`embed.html#scene=…&lang=zh-Hans`), so that no server
// sees them, and a host that changes them need not load it again.

import { Trouble } from '../trouble.ts';
import { OrreryFigure } from './figure.ts';
import { Host } from './host.ts';

/** Names that may stand in the address; each is an attribute of the figure. */
const PARAMETERS = [
  'scene', 'variant', 'kernel', 'disk', 'harts', 'seed', 'bootargs', 'flags', 'input', 'until', 'at', 'run', 'unit', 'view',
  'controls', 'interactive', 'theme', 'lang', 'label',
] as const;
/** The version of this address, should it ever mean something else. */
const VERSION = '1';

/** Fills the page with the figure its address asks for. */
export function fill(body: HTMLElement): void {
  const host = new Host();
  const show = () => {
    body.querySelector('orrery-machine')?.remove();
    const figure = made(location.hash);
    body.append(figure);
    host.serve(figure);
  };
  addEventListener('hashchange', show);
  show();
}

function made(hash: string): OrreryFigure {
  const figure = new OrreryFigure();
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if (isParameter(name)) figure.setAttribute(name, value);
    else if (name !== 'v' || value !== VERSION) {
      figure.fail(new Trouble('parameter-unknown', { name, known: ['v', ...PARAMETERS].join(', ') }));
    }
  }
  return figure;
}

function isParameter(name: string): name is (typeof PARAMETERS)[number] {
  return (PARAMETERS as readonly string[]).includes(name);
}
