// The catalogues agree with each other. (That they have the same keys, the compiler knows too.)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (name: string) =>
  JSON.parse(readFileSync(`web/ui/words/${name}.json`, 'utf8')) as Record<string, string>;
const en = read('en');
const blanks = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map(String).sort();

for (const language of ['zh-Hans']) {
  test(`${language} says all that English says, with the same blanks`, () => {
    const words = read(language);
    assert.deepEqual(Object.keys(words).sort(), Object.keys(en).sort());
    for (const [word, sentence] of Object.entries(en)) {
      assert.deepEqual(blanks(words[word] ?? ''), blanks(sentence), word);
    }
  });
}
