import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveToken, matchesToken } from '../../src/access/access-token.ts';

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
const PHRASE = 'b723e97aa97846eb92d5264f084b2823f57c4aa1';
const OTHER = '9751f83cacf5afa048dbf578a06ec644938d590a';

// worked with the reference, auth.md §4 and rest-v1-v2.md §3.3; LoopFollow derives the same by itself
const WORKED = [
  [PHRASE, '507f1f77bcf86cd799439011', 'test-admin', 'testadmin-dc79e75bb84b8a08', '46ae4dd2ab857d67cb47570f2af0dcca4779071e'],
  [
    PHRASE,
    '507f1f77bcf86cd799439011',
    'My Very-Long Uploader Name',
    'myverylong-dc79e75bb84b8a08',
    '06e8d513a2531876afb96626c5968f987a291d15'
  ],
  [OTHER, '58e9dfbc166d88cc18683aac', 'AAPS phone', 'aapsphone-bf0e5899b4d8cdaf', 'd9b6f78a56dc6a3e80d7b905fa530ebb514d60c9'],
  [OTHER, '58e9dfbc166d88cc18683aac', 'Ünï_cødé 9', 'n_cd9-bf0e5899b4d8cdaf', 'c929ee4c6f6e81a28abc4d8958c3047c2782706e'],
  [PHRASE, '6b028e360fb7f8feec384370', 'gone', 'gone-6b2a6f784580400e', undefined]
] as const;

describe('access tokens', () => {
  it.each(WORKED)('with %s and %s, %s has %s', (secret, _id, name, token, digest) => {
    const derived = deriveToken(secret, _id, name);
    expect(derived.accessToken).toBe(token);
    expect(derived.tokenDigest).toBe(digest ?? sha1(token));
  });

  const subject = deriveToken(PHRASE, '507f1f77bcf86cd799439011', 'test-admin');

  it.each([
    ['as shown', 'testadmin-dc79e75bb84b8a08'],
    ['under another name', 'foo-bar-dc79e75bb84b8a08'],
    ['as it stood in a query', 'token=testadmin-dc79e75bb84b8a08'],
    ['the bare digits', 'dc79e75bb84b8a08'],
    ['the whole digest', 'dc79e75bb84b8a0886600b46fb7687ba2b86f372'],
    ['its SHA-1, as uploaders send it', '46ae4dd2ab857d67cb47570f2af0dcca4779071e'],
    ['the beginning of its SHA-1', '46ae4dd2ab857d67']
  ])('%s: found', (_how, text) => expect(matchesToken(subject, text)).toBe(true));

  it.each([
    ['15 digits', 'testadmin-dc79e75bb84b8a0'],
    ['15 digits of the SHA-1', '46ae4dd2ab857d6'],
    ['upper case', 'testadmin-DC79E75BB84B8A08'],
    ['a digit too many', 'dc79e75bb84b8a0886600b46fb7687ba2b86f3720'],
    ['a wrong digit', 'testadmin-dc79e75bb84b8a09'],
    ['the SHA-1 behind a name', 'x-46ae4dd2ab857d67cb47570f2af0dcca4779071e'],
    ['nothing', ''],
    ['letters of several bytes', 'é'.repeat(16)]
  ])('%s: not found', (_how, text) => expect(matchesToken(subject, text)).toBe(false));
});
