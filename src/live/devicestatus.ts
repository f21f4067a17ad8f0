import type { Doc } from '../storage/port.ts';
import type { Timed } from './live.ts';
import { numberOf, timed } from './timed.ts';

/**
 * A stored device status with `mills`, and the old `uploaderBattery` (percent) moved to `uploader.battery`, where every reader
 * looks (socket-v1.md §13.7). A `uploaderBattery` that is no number (the share bridge writes `false`) stays where it is, and
 * does not hide a real `uploader`.
 * @returns a new object, or undefined when it has no time
 */
export function deviceStatus(doc: Doc & { _id: string }): Timed | undefined {
  const status = timed(doc);
  if (!status) return undefined;
  const { uploaderBattery, ...rest } = status;
  if (uploaderBattery === '' || !Number.isFinite(numberOf(uploaderBattery))) return status;
  return { ...(rest as Timed), uploader: { battery: uploaderBattery } };
}
