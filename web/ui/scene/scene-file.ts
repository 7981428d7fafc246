// A scene as it goes to the worker.

/** A scene's text, and how it is to be played. */
export interface SceneFile {
  /** What messages call it. */
  file: string;
  text: string;
  /** Its variant; without it the first. */
  variant?: string;
}
