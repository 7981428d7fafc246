// The module that web/build/files.ts makes at build time.
declare module 'virtual:orrery-files' {
  interface BuiltFile {
    /** Of the compressed file, relative to the page. */
    path: string;
    /** Length of the compressed file. */
    bytes: number;
    /** Of the file itself: 64 hexadecimal digits. */
    sha256: string;
    /** The compressed file, if the script holds it. */
    base64?: string;
  }
  /** What a machine is made of: the engine's module, and the guest. */
  export const files: Record<'engine' | 'kernel' | 'disk' | 'symbols' | 'sources', BuiltFile>;
}
