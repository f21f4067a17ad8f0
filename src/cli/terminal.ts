import type { CliContext } from './context.ts';

/** What is needed of a stream of the process. */
interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR = '\r\u001b[2K';

/** Writers to a terminal or a file: a line that is drawn anew never mixes with the lines that stay. */
export function writersTo(stdout: Stream, stderr: Stream): Pick<CliContext, 'out' | 'err' | 'redraw'> {
  let drawn = false;
  const clear = (): void => {
    if (drawn) stderr.write(CLEAR);
    drawn = false;
  };
  const lines = (stream: Stream) => (line: string) => {
    clear();
    stream.write(`${line}\n`);
  };
  return {
    out: lines(stdout),
    err: lines(stderr),
    ...(stderr.isTTY && {
      redraw: (line: string) => {
        drawn = true;
        // a line that wraps could not be cleared
        stderr.write(CLEAR + line.slice(0, (stderr.columns ?? 80) - 1));
      }
    })
  };
}
