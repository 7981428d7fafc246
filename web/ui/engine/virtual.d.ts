// The module that web/build/files.ts makes at build time.
declare module 'virtual:orrery-files' {
  interface GuestFile {
    /** Of the compressed file, relative to the page. */
    path: string;
    /** Length of the compressed file. */
    bytes: number;
    /** Of the file itself: 64 hexadecimal digits. */
    sha256: string;
    /** The compressed file, if the script holds it. */
    base64?: string;
  }
  export const guest: { kernel: GuestFile; disk: GuestFile; symbols: GuestFile; sources: GuestFile };
  /** The engine's module. */
  export const engine: { url: string; bytes: number; base64?: string };
}
