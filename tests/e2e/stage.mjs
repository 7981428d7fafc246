// What a file of tests plays on: a browser, and the finished page on a site of its own. Whoever
// imports them has them from its first test to its last.

import { after, before } from 'node:test';
import { launch } from './browser.mjs';
import { serve } from './site.mjs';

export let browser;
export let site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser.close();
  await site.close();
});
