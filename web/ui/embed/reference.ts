// Which figure an element belongs to: the one its attribute `for` names, or the only one.

import { Trouble } from '../trouble.ts';
import { OrreryFigure } from './figure.ts';

/**
 * The figures named in `ids`, in that order; without it, the first of the page.
 *
 * @throws Trouble `figure-missing` if there is none of a name.
 */
export function figuresFor(element: Element, ids: string | undefined): OrreryFigure[] {
  const root = element.getRootNode() as Document | ShadowRoot;
  const names = (ids ?? '').split(/\s+/).filter((name) => name !== '');
  if (names.length === 0) return [figure(root.querySelector('orrery-machine'), '')];
  return names.map((name) => figure(root.getElementById(name), name));
}

function figure(found: Element | null, name: string): OrreryFigure {
  if (!(found instanceof OrreryFigure)) throw new Trouble('figure-missing', { name });
  return found;
}
