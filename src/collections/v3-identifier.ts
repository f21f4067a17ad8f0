import { createHash } from 'node:crypto';
import type { Doc } from '../storage/port.ts';

/** The reference's namespace: 16 letters, no well-formed UUID, which is why UUID libraries refuse it. */
const NAMESPACE = Buffer.from('NightscoutRocks!', 'ascii');

/**
 * The identifier v3 gives a document that came without one: UUID version 5 of `<device>_<date>[_<eventType>]`. Apps compute the
 * same to recognise their own uploads.
 * @param doc with `date` in epoch ms, as stored; a missing device counts as the word `undefined`
 */
export function computeIdentifier({ device, date, eventType }: Doc): string {
  const key = `${String(device)}_${String(date)}${eventType ? `_${String(eventType)}` : ''}`;
  const bytes = createHash('sha1').update(NAMESPACE).update(key, 'utf8').digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
