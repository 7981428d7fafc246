// How far a machine has come, and the word for it.

import type { MachineStatus, RunStop } from 'orrery-wasm';
import type { Progress } from './engine/files.ts';
import type { StateWord } from './status.ts';
import type { Trouble } from './trouble.ts';

/** Why a machine stopped for good. */
export type End = Extract<RunStop, { kind: 'power-off' | 'reset' }>;

/** How far the machine has come. */
export type Phase =
  | { kind: 'loading'; progress: Progress }
  | { kind: 'starting' }
  /** `goal` is the condition it runs to, if any. */
  | { kind: 'running'; goal?: string | undefined }
  | { kind: 'paused' }
  | { kind: 'ended'; stop: End }
  | { kind: 'failed'; trouble: Trouble };

/** Whether there is a machine that can be moved in time. */
export function canMove({ kind }: Phase): boolean {
  return kind === 'running' || kind === 'paused' || kind === 'ended';
}

/** The phase in a word. */
export function stateWord(phase: Phase, isPast: boolean, isPanicked: boolean, status: MachineStatus | undefined): StateWord {
  switch (phase.kind) {
    case 'loading':
    case 'starting':
      return `state.${phase.kind}`;
    case 'paused':
      return isPast ? 'state.past' : 'state.paused';
    case 'running':
      if (isPast) return 'state.replaying';
      if (isPanicked) return 'state.panicked';
      return status?.stop.kind === 'idle' ? 'state.idle' : 'state.running';
    case 'ended':
      if (isPast) return 'state.past';
      return phase.stop.kind === 'power-off' ? 'state.off' : 'state.reset';
    case 'failed':
      return phase.trouble.code === 'machine-crashed' ? 'state.crashed' : 'state.failed';
  }
}
