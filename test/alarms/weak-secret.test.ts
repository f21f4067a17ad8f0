import { describe, expect, it } from 'vitest';
import { estimatedBits, secretNotes } from '../../src/alarms/weak-secret.ts';
import type { Config } from '../../src/config/config.ts';

describe('a weak secret (properties-plugins §E.8)', () => {
  it.each([
    ['password1234', true],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', true],
    ['123456789012', true],
    ['abcdefghijklmnopqrst', true],
    ['azazazazazazazazaz', true],
    ['qwmekrjtnhyz', true],
    ['this is my long pass phrase', false],
    ['2h7k-9mqx-c4wn-p8tz-dv3r-y6gs-bjfe', false],
    ['Xk9#mQ2$vL7!', false]
  ])('%s: %s', (secret, isWeak) => {
    expect(estimatedBits(secret) < 60).toBe(isWeak);
    expect(secretNotes(secret, { mongo: undefined })).toHaveLength(isWeak ? 1 : 0);
  });
});

describe('the secret as password of the database', () => {
  const strong = 'this is my long pass phrase';
  const mongo = (uri: string) => ({ mongo: { uri } as Config['mongo'] });
  it.each([
    ['mongodb://me:this%20is%20my%20long%20pass%20phrase@host:27017/db', 1],
    ['mongodb+srv://me:this is my long pass phrase@host/db', 1],
    ['mongodb://me:another@host/db', 0],
    ['mongodb://host:27017/db', 0],
    ['mongodb://me:%E0%A4%A@host/db', 0]
  ])('%s: %i', (uri, count) => {
    const notes = secretNotes(strong, mongo(uri));
    expect(notes).toHaveLength(count);
    expect(JSON.stringify(notes)).not.toContain(strong);
    for (const note of notes) expect(note).toMatchObject({ title: 'Security issue', persistent: true });
  });
});
