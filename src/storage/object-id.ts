import { randomBytes } from 'node:crypto';

const HEX24 = /^[0-9a-f]{24}$/i;
const process5 = randomBytes(5).toString('hex');
let counter = randomBytes(3).readUIntBE(0, 3);

/** True for the text form of a MongoDB ObjectId: 24 hex digits, any case. */
export const isObjectId = (value: unknown): value is string => typeof value === 'string' && HEX24.test(value);

/**
 * A new ObjectId as 24 lower-case hex digits (seconds, 5 random bytes per process, 3-byte counter), as MongoDB makes them:
 * a database can move between the stores, and apps check for this form.
 * @param now epoch ms
 */
export function newObjectId(now: number): string {
  counter = (counter + 1) & 0xffffff;
  return (
    Math.floor(now / 1000)
      .toString(16)
      .padStart(8, '0') +
    process5 +
    counter.toString(16).padStart(6, '0')
  );
}

/** An id as it is stored: ObjectIds in lower case (as MongoDB shows them), any other id unchanged. */
export const canonicalId = (id: string): string => (HEX24.test(id) ? id.toLowerCase() : id);
