import { v5 } from 'uuid';
import type { Doc } from '../storage/port.ts';

/** The reference's namespace: 16 letters, no well-formed UUID, which is why it is given as bytes. */
const NAMESPACE = new Uint8Array(Buffer.from('NightscoutRocks!', 'ascii'));

/**
 * The identifier v3 gives a document that came without one: UUID version 5 of `<device>_<date>[_<eventType>]`. Apps compute the
 * same to recognise their own uploads.
 * @param doc with `date` in epoch ms, as stored; a missing device counts as the word `undefined`
 */
export function computeIdentifier({ device, date, eventType }: Doc): string {
  const key = `${String(device)}_${String(date)}${eventType ? `_${String(eventType)}` : ''}`;
  return v5(key, NAMESPACE);
}
