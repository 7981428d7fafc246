// Going through a machine's time, as a test does it.

/** A window in which everything has its place. */
export const WIDE = { viewport: { width: 1400, height: 900 } };

/** Where the machine stands, in the page's words. */
export const where = (guest) => guest.page.locator('orrery-where p');
/** Time, and the hash of the whole state. */
export const hash = (guest) => guest.machine.evaluate((machine) => machine.hash());

/** Waits until the machine is put together. */
export const ready = (guest) =>
  guest.machine.evaluate((machine) => machine.position ?? new Promise((told) => machine.addEventListener('orrery-ready', told, { once: true })));

/** Does something that goes somewhere, and waits until it has come there; a minute is enough for all of them. */
export async function gone(guest, act) {
  await guest.page.evaluate(() => {
    const machine = document.querySelector('orrery-machine');
    window.stopped = new Promise((tell, fail) => {
      machine.addEventListener('orrery-stop', (event) => tell(event.detail), { once: true });
      setTimeout(() => fail(new Error(`went nowhere: ${JSON.stringify(machine.position)}`)), 60_000);
    });
    // Who acts may fail first.
    window.stopped.catch(() => {});
  });
  await act();
  return guest.page.evaluate(() => window.stopped);
}
