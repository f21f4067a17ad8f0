import type { EventMap } from '../bus/events.ts';
import type { Config } from '../config/config.ts';

/** What can be guessed with less than this, bits, is weak. */
const ENOUGH_BITS = 60;
const SETS: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^a-zA-Z0-9]/, 33]
];
/** Fewer different characters than this are a pattern, whatever set they are from. */
const FEW = 6;

/**
 * How hard a secret is to guess, bits, estimated: characters that repeat the one before or follow it in order count for nothing.
 */
export function estimatedBits(secret: string): number {
  const characters = [...secret];
  const telling = characters.filter((character, index) => {
    const before = characters[index - 1];
    return before === undefined || Math.abs(character.codePointAt(0)! - before.codePointAt(0)!) > 1;
  });
  const different = new Set(telling).size;
  const pool = SETS.reduce((sum, [set, size]) => sum + (set.test(secret) ? size : 0), 0);
  return telling.length * Math.log2(different < FEW ? different + 1 : pool);
}

/** What administrators should know about the API secret (properties-plugins §E.8); never shows any of it. */
export function secretNotes(apiSecret: string, { mongo }: Pick<Config, 'mongo'>): EventMap['admin-notify'][] {
  const note = (message: string) => ({ title: 'Security issue', message, persistent: true });
  return [
    ...(estimatedBits(apiSecret) < ENOUGH_BITS
      ? [note('API_SECRET is easy to guess. Choose a longer one that mixes small and capital letters, digits and other signs.')]
      : []),
    ...(mongo && passwordOf(mongo.uri) === apiSecret
      ? [note('API_SECRET is also the password of the MongoDB database. Choose a different one for each.')]
      : [])
  ];
}

/** The password in a MongoDB URI; undefined when it has none. */
function passwordOf(uri: string): string | undefined {
  const found = /^mongodb(?:\+srv)?:\/\/[^:@/]*:([^@/]*)@/.exec(uri)?.[1];
  try {
    return found === undefined ? undefined : decodeURIComponent(found);
  } catch {
    return found;
  }
}
