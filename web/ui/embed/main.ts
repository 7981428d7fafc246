// `orrery-machine.js`: everything a page needs to hold live figures, in one classic
// script. Whatever the figures are made of comes with it; nothing is fetched.

import { OrreryFigure } from './figure.ts';

// A page may well have the script twice.
if (customElements.get('orrery-machine') === undefined) {
  customElements.define('orrery-machine', OrreryFigure);
}
