import { describe, expect, it } from 'vitest';
import { redactText, redactUrl } from '../../src/observe/redact.ts';

const SHA1 = 'b723e97aa97846eb92d5264f084b2823f57c4aa1';
const TOKEN = 'testadmin-4371528fb92e0f4d';

describe('redactUrl', () => {
  it.each([
    ['token', `/api/v1/status.json?token=${TOKEN}&count=1`, '/api/v1/status.json?token=[redacted]&count=1'],
    ['secret', `/api/v1/entries?count=1&secret=${SHA1}`, '/api/v1/entries?count=1&secret=[redacted]'],
    ['api_secret and api-secret', '/x?api_secret=a&api-secret=b', '/x?api_secret=[redacted]&api-secret=[redacted]'],
    ['percent-encoded name', '/x?%74oken=abc', '/x?%74oken=[redacted]'],
    ['list and upper case', '/x?secret[]=a&TOKEN[0]=b', '/x?secret[]=[redacted]&TOKEN[0]=[redacted]'],
    ['repeated', '/x?secret=a&secret=b', '/x?secret=[redacted]&secret=[redacted]'],
    ['token exchange', `/api/v2/authorization/request/${TOKEN}`, '/api/v2/authorization/request/[redacted]'],
    ['any text in the exchange', '/api/v2/authorization/request/whatever?x=1', '/api/v2/authorization/request/[redacted]?x=…'],
    ['xDrip+ address', 'https://my secret@site.example/api/v1/'.replace(' ', '-'), 'https://[redacted]@site.example/api/v1/'],
    ['a token under another name', `/x?who=${TOKEN}`, '/x?who=…'],
    ['a secret without a name', `/x?${SHA1}`, '/x?…'],
    [
      'values somebody measured or wrote',
      '/x?find[sgv]=217&find[notes]=low%20again&count=3',
      '/x?find[sgv]=…&find[notes]=…&count=3'
    ],
    [
      'conditions of v3',
      '/api/v3/treatments?insulin$gt=2&date$gte=2026-01-01T10:00:00Z',
      '/api/v3/treatments?insulin$gt=…&date$gte=2026-01-01T10:00:00Z'
    ],
    ['order and fields', '/x?sort$desc=date&fields=date,sgv&limit=10', '/x?sort$desc=date&fields=date,sgv&limit=10'],
    [
      'nothing secret',
      '/api/v1/entries.json?find[date][$gte]=1795329316425&count=10',
      '/api/v1/entries.json?find[date][$gte]=1795329316425&count=10'
    ],
    [
      'identifiers stay',
      '/api/v3/treatments/0f8fad5b-d9cb-469f-a165-70867728950e',
      '/api/v3/treatments/0f8fad5b-d9cb-469f-a165-70867728950e'
    ],
    ['broken percent sign', '/x?%zz=1&token=a', '/x?%zz=…&token=[redacted]']
  ])('%s', (_, url, expected) => expect(redactUrl(url)).toBe(expected));

  it('cuts very long addresses', () => expect(redactUrl(`/x?${'a'.repeat(5000)}`).length).toBeLessThan(1100));
});

describe('redactText', () => {
  it.each([
    [
      'database address',
      'cannot reach mongodb+srv://user:p@ss@host.example/db',
      'cannot reach mongodb+srv://[redacted]@host.example/db'
    ],
    ['bearer', 'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.sig', 'Authorization: Bearer [redacted]'],
    ['JWT', 'got eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln today', 'got [redacted] today'],
    ['SHA-1', `wrong ${SHA1.toUpperCase()}`, 'wrong [redacted]'],
    ['SHA-512', `wrong ${'0123456789abcdef'.repeat(8)}`, 'wrong [redacted]'],
    [
      'duplicate key values',
      'E11000 duplicate key error collection: a.b dup key: { notes: "low again" }',
      'E11000 duplicate key error collection: a.b dup key: [redacted]'
    ],
    ['object ids stay', 'doc 65a1b2c3d4e5f60718293a4b', 'doc 65a1b2c3d4e5f60718293a4b'],
    ['plain', 'Vigil is listening', 'Vigil is listening']
  ])('%s', (_, text, expected) => expect(redactText(text)).toBe(expected));
});
