// The page around the machine: reads what the address asks for, and gives the keyboard
// what does not belong to the guest.

import { OrreryMachine } from './machine.ts';
import { recall } from './memory.ts';
import './mark.ts';
import type { OrreryMark } from './mark.ts';
import { readParameters } from './parameters.ts';
import './preferences.ts';
import './time/keys-help.ts';
import { pressed } from './time/keys.ts';
import { asTrouble } from './trouble.ts';
import { currentLanguage } from './words/words.ts';

customElements.define('orrery-machine', OrreryMachine);
const machine = theOne<OrreryMachine>('orrery-machine');
const mark = theOne<OrreryMark>('orrery-mark');

document.documentElement.lang = currentLanguage();
machine.contents = recall('view') ?? 'console page-table processes';

machine.addEventListener('orrery-play', () => (mark.moving = true));
for (const still of ['orrery-pause', 'orrery-stop', 'orrery-error']) {
  machine.addEventListener(still, () => (mark.moving = false));
}
machine.addEventListener('orrery-ready', () => {
  // The terminal is what a reader came for, unless they are already busy elsewhere.
  if (document.activeElement === null || document.activeElement === document.body) machine.focus();
});

document.addEventListener('keydown', (event) => pressed(event, machine));

addEventListener('hashchange', bootAsAsked);
bootAsAsked();

function bootAsAsked(): void {
  try {
    const { kernel, disk, harts, seed, bootargs } = readParameters(location.hash, document.baseURI);
    Object.assign(machine, { kernel, disk, harts, seed, bootargs });
  } catch (error) {
    machine.fail(asTrouble(error, 'config-bad'));
    return;
  }
  void machine.boot();
}

function theOne<T extends Element>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`the page has no <${selector}>`);
  return found;
}
