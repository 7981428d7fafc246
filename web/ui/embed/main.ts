// `orrery-machine.js`: everything a page needs to hold live figures, in one classic
// script. Whatever the figures are made of comes with it; nothing is fetched.

import { OrreryFigure } from './figure.ts';
import { fill } from './frame.ts';
import { OrreryGoto } from './goto.ts';
import { OrreryPanel } from './panel.ts';
import { letTimelinesStandAlone } from './timeline.ts';

/** The elements, figures first: the others refer to them. */
const ELEMENTS = {
  'orrery-machine': OrreryFigure,
  'orrery-panel': OrreryPanel,
  'orrery-goto': OrreryGoto,
};

letTimelinesStandAlone();
for (const [name, element] of Object.entries(ELEMENTS)) {
  // A page may well have the script twice.
  if (customElements.get(name) === undefined) customElements.define(name, element);
}

if (document.documentElement.dataset.orrery === 'frame') fill(document.body);
