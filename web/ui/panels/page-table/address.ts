// Virtual addresses of Sv39, Sv48 and Sv57 in pieces. Source: Privileged ISA, "Sv39: Page-Based
// 39-bit Virtual-Memory System", and those of 48 and 57 bits.

import type { Addr } from 'orrery-wasm';

/** Which page of 4 KiB an address is in. Exact for all 64 bits, since the rest is cut off. */
export function pageNumber(address: Addr): number {
  return Number(BigInt(address) >> 12n);
}

/** The address `pages` pages further on. */
export function atOffset(address: Addr, pages: number): Addr {
  return hex(BigInt(address) + BigInt(pages) * 4096n);
}

/** The start of the page `address` is in. */
export function pageOf(address: Addr): Addr {
  return hex((BigInt(address) >> 12n) << 12n);
}

/** Whether the page of `address` is one of the `pages` from `start` on. */
export function isWithin(address: Addr, start: Addr, pages: number): boolean {
  const offset = pageNumber(address) - pageNumber(start);
  return 0 <= offset && offset < pages;
}

/** A piece of a virtual address. */
export interface AddressPiece {
  /** What it chooses: an entry of a level's table, or a byte of the page. */
  level: number | 'offset';
  /** Its bits, as many as it has. */
  bits: string;
  value: number;
  /** Its highest and lowest bit in the address. */
  from: number;
  to: number;
}

const OFFSET_BITS = 12;
const INDEX_BITS = 9;

/** The indices of a virtual address, one for each of the `levels` (3 to 5), and the offset. */
export function pieces(va: Addr, levels: number): AddressPiece[] {
  const address = BigInt(va);
  const piece = (level: AddressPiece['level'], from: number, to: number): AddressPiece => {
    const value = Number((address >> BigInt(to)) & ((1n << BigInt(from - to + 1)) - 1n));
    return { level, bits: value.toString(2).padStart(from - to + 1, '0'), value, from, to };
  };
  const indices = Array.from({ length: levels }, (_, n) => {
    const level = levels - 1 - n;
    const to = OFFSET_BITS + level * INDEX_BITS;
    return piece(level, to + INDEX_BITS - 1, to);
  });
  return [...indices, piece('offset', OFFSET_BITS - 1, 0)];
}

/** What a reader typed as an address: hexadecimal with or without `0x`, at most 64 bits. */
export function readAddress(text: string): Addr | undefined {
  const digits = /^\s*(?:0x)?([0-9a-f]{1,16})\s*$/i.exec(text.replaceAll('_', ''))?.[1];
  return digits === undefined ? undefined : hex(BigInt(`0x${digits}`));
}

function hex(value: bigint): Addr {
  return `0x${BigInt.asUintN(64, value).toString(16)}`;
}
