// What happened, in the reader's words.

import type { Event as GuestEvent } from 'orrery-wasm';
import en from '../words/en.json';
import { grouped, say, type Word } from '../words/words.ts';

/** An event in a few words, without when and where it was. */
export function happening({ what }: GuestEvent): string {
  switch (what.kind) {
    case 'syscall':
      return say('event.syscall', { name: what.name });
    case 'call':
      return say('event.call', { function: what.function });
    case 'input':
    case 'print':
      return say(`event.${what.kind}`, { text: what.text });
    case 'ready':
      return say('event.ready');
    case 'return':
      return say('event.return', { name: what.name, value: grouped(what.value) });
    case 'trap':
      return say('event.trap', { cause: cause(what.cause), value: what.value });
    case 'resume':
      return say('event.resume', { cause: cause(what.cause) });
    case 'interrupt':
      return say('event.interrupt', { cause: cause(what.cause) });
    case 'switch':
      return say('event.switch', { from: process(what.from), to: process(what.to) });
    case 'disk-read':
    case 'disk-write':
      return say(`event.${what.kind}`, { block: String(what.block) });
  }
}

/** Where and when it was: event number, hart, process. */
export function circumstances({ n, hart, pid }: GuestEvent): string[] {
  return [
    ...(pid === undefined ? [] : [say('where.pid', { pid: String(pid) })]),
    ...(hart === undefined ? [] : [say('where.hart', { hart: String(hart) })]),
    say('where.event', { n: grouped(n) }),
  ];
}

function process(pid: number | undefined): string {
  return pid === undefined ? say('event.scheduler') : say('where.pid', { pid: String(pid) });
}

/** The words for a trap's cause; one that has none stands as it is. */
function cause(name: string): string {
  const word = `cause.${name}`;
  return word in en ? say(word as Word) : name;
}
