// Takes the pictures that the documents show, of the finished page: `npm run pictures`.

import { join } from 'node:path';
import { launch, open } from './browser.mjs';
import { root, serve } from './site.mjs';

/** A row each: the file, what the page is asked for, and what a reader does until there is all of it to see. */
const PICTURES = [
  {
    file: 'docs/fork.png',
    hash: '#scene=fork&variant=cow&step=5',
    async until({ page }) {
      const card = page.locator('orrery-scene-card');
      await card.filter({ hasText: '5/9' }).waitFor();
      // What a stop changed is marked beside the stop before.
      await card.getByRole('button', { name: 'Next' }).click();
      await card.filter({ hasText: '6/9' }).waitFor();
    },
  },
];

const [browser, site] = await Promise.all([launch(), serve()]);
for (const { file, hash, until } of PICTURES) {
  const guest = await open(browser, site.url + hash, { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await until(guest);
  // Panels are drawn, and the timeline has come to the stop.
  await guest.page.waitForTimeout(1000);
  await guest.page.screenshot({ path: join(root, file) });
  console.log(file);
  await guest.close();
}
await Promise.all([browser.close(), site.close()]);
