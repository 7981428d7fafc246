// The scenes that come with the page, and where the text of one is had from.

import type { Text } from 'orrery-wasm';
import { Trouble } from '../trouble.ts';
import { currentLanguage } from '../words/words.ts';
import type { SceneFile } from './scene-file.ts';

const TEXTS = import.meta.glob<string>('../../scenes/*.scene.json', { query: '?raw', import: 'default' });
const TITLES = import.meta.glob<Text>('../../scenes/*.scene.json', { eager: true, import: 'title' });

/** The scenes that come with the page: what they are called in links, and their titles. */
export const scenes: readonly { id: string; title: Text }[] = Object.entries(TITLES).map(([path, title]) => ({ id: idOf(path), title }));

/**
 * The scene `name`: one that comes with the page, or one at an address that ends in `.json`.
 *
 * @throws Trouble `scene-unknown` or `scene-missing`.
 */
export async function fetchScene(name: string, variant: string | undefined, signal: AbortSignal): Promise<SceneFile> {
  const own = Object.entries(TEXTS).find(([path]) => idOf(path) === name)?.[1];
  if (own === undefined && !name.endsWith('.json')) {
    throw new Trouble('scene-unknown', { name, known: scenes.map(({ id }) => id).join(', ') });
  }
  const text = own ? await own() : await fetchText(new URL(name, document.baseURI).href, signal);
  return { file: name, text, ...(variant !== undefined && { variant }) };
}

/** `text` in the reader's language. */
export function inWords(text: Text): string {
  return text[currentLanguage()];
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.text();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Trouble('scene-missing', { url, detail: error instanceof Error ? error.message : String(error) });
  }
}

function idOf(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.scene\.json$/, '');
}
