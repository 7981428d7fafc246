// The page around the machine: reads what the address asks for, and gives the keyboard
// what does not belong to the guest.

import { OrreryMachine } from './machine.ts';
import { recall, remember } from './memory.ts';
import './mark.ts';
import type { OrreryMark } from './mark.ts';
import { readParameters } from './parameters.ts';
import './preferences.ts';
import './scene/menu.ts';
import type { OrrerySceneMenu } from './scene/menu.ts';
import './time/keys-help.ts';
import { pressed } from './time/keys.ts';
import { asTrouble } from './trouble.ts';
import { currentLanguage } from './words/words.ts';

customElements.define('orrery-machine', OrreryMachine);
const machine = theOne<OrreryMachine>('orrery-machine');
const mark = theOne<OrreryMark>('orrery-mark');
const menu = theOne<OrrerySceneMenu>('orrery-scene-menu');

/** What is to be seen if nobody says. */
const USUAL_VIEW = 'console page-table processes';
/** What the address may ask for, not asked for. */
const NOTHING_WANTED = {
  scene: undefined,
  variant: undefined,
  kernel: undefined,
  disk: undefined,
  symbols: undefined,
  harts: undefined,
  seed: undefined,
  bootargs: undefined,
};

document.documentElement.lang = currentLanguage();
machine.isChoosable = true;

machine.addEventListener('orrery-play', () => (mark.moving = true));
for (const still of ['orrery-pause', 'orrery-stop', 'orrery-error']) {
  machine.addEventListener(still, () => (mark.moving = false));
}
machine.addEventListener('orrery-ready', () => {
  // The terminal is what a reader came for, unless they are already busy elsewhere.
  if (document.activeElement === null || document.activeElement === document.body) machine.focus();
});

document.addEventListener('keydown', (event) => pressed(event, machine));

machine.addEventListener('orrery-layout', () => {
  if (machine.scene === undefined) remember('view', machine.contents);
});

addEventListener('hashchange', bootAsAsked);
bootAsAsked();

function bootAsAsked(): void {
  try {
    const { step, view, ...wanted } = readParameters(location.hash, document.baseURI);
    Object.assign(machine, NOTHING_WANTED, wanted);
    menu.scene = machine.scene;
    machine.contents = view ?? (machine.scene === undefined ? (recall('view') ?? USUAL_VIEW) : 'console');
    if (step !== undefined) machine.addEventListener('orrery-ready', () => void machine.sceneTo(step - 1), { once: true });
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
