import { createHash, timingSafeEqual } from 'node:crypto';

/** Lower-case hex digest of a text. */
export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

/** Lower-case hex digest of a text. */
export const sha512 = (text: string): string => createHash('sha512').update(text).digest('hex');

const HEX = /^[0-9a-f]+$/;

/**
 * Does a hex digest start with `beginning`? Takes the same time whichever digit differs, so that a guess cannot be improved
 * digit by digit. Lower case only.
 */
export function startsWith(digest: string, beginning: string): boolean {
  if (beginning.length > digest.length || !HEX.test(beginning)) return false;
  return timingSafeEqual(Buffer.from(digest.slice(0, beginning.length)), Buffer.from(beginning));
}
