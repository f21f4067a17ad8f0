import { readFileSync, statSync, writeFileSync } from 'node:fs';

// A check for damage reads the whole file, which takes a phone's or a small computer's memory card seconds at every start. What
// a server closed itself and nobody has touched since need not be read before the first answer.

const noteOf = (file: string): string => `${file}.left`;

/** How a database file stands: its size, bytes, and when it was written last, ns; undefined when its log holds more. */
function stateOf(file: string): string | undefined {
  const { size, mtimeNs } = statSync(file, { bigint: true });
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return log === 0 ? `${size} bytes, written at ${mtimeNs} ns\n` : undefined;
}

/** Notes beside a database file how it was left. Without room for the note the next start checks the file, no more. */
export function noteLeft(file: string): void {
  try {
    const state = stateOf(file);
    if (state !== undefined) writeFileSync(noteOf(file), state);
  } catch {
    // a note is no reason to fail
  }
}

/** Whether the file is as it was left when it was closed last. After a crash, a restored backup or damage it is not. */
export function isAsLeft(file: string): boolean {
  try {
    return readFileSync(noteOf(file), 'utf8') === stateOf(file);
  } catch {
    return false;
  }
}
