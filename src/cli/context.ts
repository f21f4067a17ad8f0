/** What a command is given instead of the process, so that tests can run it without one. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv;
  /** Writes a line to standard output (answers, tables, JSON). */
  readonly out: (line: string) => void;
  /** Writes a line to standard error (progress, warnings, refusals). */
  readonly err: (line: string) => void;
  /** Draws a line of standard error anew, in place of the one drawn before; absent where that is no terminal. */
  readonly redraw?: (line: string) => void;
  /** The clock, epoch ms. */
  readonly now: () => number;
}

/** Codes a command ends with, for scripts: all well, something went wrong or was found, called the wrong way. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Ends a command with a sentence for people and, if not said otherwise, exit code 1. */
export class CommandFailed extends Error {
  readonly sentences: readonly string[];
  readonly code: number;

  constructor(sentences: string | readonly string[], code: number = EXIT.failed) {
    const list = typeof sentences === 'string' ? [sentences] : sentences;
    super(list.join(' '));
    this.name = 'CommandFailed';
    this.sentences = list;
    this.code = code;
  }
}
