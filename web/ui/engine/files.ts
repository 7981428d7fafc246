// Fetches what a machine is made of: the engine's wasm, a kernel, a disk image. Reports
// bytes as they arrive; a file that cannot be had is a Trouble that names it.

import { files as built } from 'virtual:orrery-files';
import { Trouble, type TroubleCode } from '../trouble.ts';
import type { Bytes, Files } from './protocol.ts';

export type { Files };

/** Where a file is; it may be compressed with gzip. */
export interface Source {
  url: string;
  /** How many bytes will arrive, if that is known beforehand. */
  bytes?: number;
  /** Of the uncompressed file. Known for the files the page was built with. */
  sha256?: string;
  /** The file itself, if it came with the script: then nothing is fetched. */
  base64?: string;
}

/** How far the fetching has come, in bytes; `total` is unknown if a server does not tell. */
export interface Progress {
  loaded: number;
  total: number | undefined;
}

/** The kernel, the disk image, the symbols and the source text this page was built with. */
export const ownGuest: Record<'kernel' | 'disk' | 'symbols' | 'sources', Source> = {
  kernel: own(built.kernel),
  disk: own(built.disk),
  symbols: own(built.symbols),
  sources: own(built.sources),
};

/**
 * Where the symbols of a kernel and its source text are, given the addresses of both as far as they
 * are not the page's own: a kernel of somebody else's has none unless they are named.
 */
export function symbolsOf(kernel: string | undefined, symbols: string | undefined): { symbols: Source; sources: Source } | undefined {
  if (symbols !== undefined) return { symbols: { url: symbols }, sources: { url: sourcesBeside(symbols) } };
  return kernel === undefined ? ownGuest : undefined;
}

/** The source text lies beside the symbols, under their name with `.sources` behind it. */
function sourcesBeside(symbols: string): string {
  const url = new URL(symbols, document.baseURI);
  url.pathname = url.pathname.replace(/(\.gz)?$/, '.sources$1');
  return url.href;
}

function own({ path, bytes, sha256, base64 }: typeof built.kernel): Source {
  if (base64 !== undefined) return { url: path, bytes, sha256, base64 };
  const url = new URL(import.meta.env.BASE_URL + path, document.baseURI);
  // The name stays when the contents change; the query keeps an old copy in a cache from being taken for it.
  url.search = sha256.slice(0, 8);
  return { url: url.href, bytes, sha256 };
}

/**
 * Fetches everything at once.
 *
 * @throws Trouble `wasm-missing`, `kernel-missing` or `disk-missing`: the first that failed.
 */
export async function fetchFiles(
  kernel: Source,
  disk: Source,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Files> {
  const rows: Tally[] = [];
  const report = () =>
    onProgress({
      loaded: rows.reduce((sum, row) => sum + row.loaded, 0),
      total: rows.every((row) => row.total !== undefined)
        ? rows.reduce((sum, row) => sum + (row.total ?? 0), 0)
        : undefined,
    });
  const fetchOne = (source: Source, missing: TroubleCode) => {
    const tally: Tally = { loaded: 0, total: source.bytes };
    rows.push(tally);
    return fetchBytes(source, missing, tally, report, signal);
  };
  const [wasm, kernelBytes, diskBytes] = await Promise.all([
    fetchOne(own(built.engine), 'wasm-missing'),
    fetchOne(kernel, 'kernel-missing'),
    fetchOne(disk, 'disk-missing'),
  ]);
  return { wasm, kernel: kernelBytes, disk: diskBytes };
}

/**
 * Fetches a file that nobody waits for.
 *
 * @throws Trouble `missing`.
 */
export function fetchBeside(source: Source, missing: TroubleCode, signal: AbortSignal): Promise<Bytes> {
  return fetchBytes(source, missing, { loaded: 0, total: source.bytes }, () => undefined, signal);
}

interface Tally {
  loaded: number;
  total: number | undefined;
}

async function fetchBytes(
  { url, base64 }: Source,
  missing: TroubleCode,
  tally: Tally,
  report: () => void,
  signal: AbortSignal,
): Promise<Bytes> {
  if (base64 !== undefined) {
    tally.loaded = tally.total ?? 0;
    report();
    return inflated(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
  }
  const chunks: Bytes[] = [];
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    tally.total ??= lengthOf(response);
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      chunks.push(part.value);
      tally.loaded += part.value.length;
      report();
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Trouble(missing, { url, detail: error instanceof Error ? error.message : String(error) });
  }
  // Now the length is known for certain.
  tally.total = tally.loaded;
  const bytes = joined(chunks, tally.loaded);
  // Looked at, not asked of the name: some servers have it decompressed on the way.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await inflated(bytes);
  } catch (error) {
    throw new Trouble(missing, { url, detail: `gzip: ${error instanceof Error ? error.message : String(error)}` });
  }
}

async function inflated(bytes: Bytes): Promise<Bytes> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The announced length, if it counts the bytes that will arrive: a compressed body's does not. */
function lengthOf(response: Response): number | undefined {
  const length = response.headers.get('Content-Length');
  return length !== null && !response.headers.has('Content-Encoding') ? Number(length) : undefined;
}

function joined(chunks: Bytes[], length: number): Bytes {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
