import type { Request } from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deNormalize } from '../../src/http/v1/adjust.ts';
import { splitExtension } from '../../src/http/v1/extension.ts';
import { jsonChunks, line, lineChunks, negotiate } from '../../src/http/v1/formats.ts';
import { treatmentJson } from '../../src/http/v1/treatments.ts';
import { type Doc, storedDoc, storedJson } from '../../src/storage/port.ts';

async function* batches(...docs: Doc[][]) {
  for (const batch of docs) yield batch.map(storedDoc);
}

async function joined(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

describe('negotiation of the entries family (spec §5.4)', () => {
  it.each<[string | undefined, string]>([
    [undefined, 'text/plain'],
    ['*/*', 'text/plain'],
    ['application/json', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/plain'],
    ['text/csv;q=0.5, application/json', 'application/json'],
    ['text/csv', 'text/csv'],
    ['text/tab-separated-values', 'text/tab-separated-values'],
    ['text/html', 'application/json'],
    ['image/png', 'application/json'],
    ['garbage', 'application/json']
  ])('Accept: %s → %s', (accept, expected) => {
    expect(negotiate({ headers: accept === undefined ? {} : { accept } } as Request)).toBe(expected);
  });
});

describe('text forms', () => {
  it.each<[Doc, string]>([
    [{ dateString: 'd', date: 1, sgv: '120', direction: 'Flat', device: 'dev,ice "x"' }, '"d",1,"120","Flat","dev,ice \\"x\\""'],
    [{ date: 1, sgv: 125, direction: null }, ',1,125,"",']
  ])('%j', (doc, expected) => {
    expect(line(doc, ',')).toBe(expected);
  });

  it('joins lines by CRLF over batches, without one at the end', async () => {
    const text = await joined(lineChunks(batches([{ sgv: 1 }], [], [{ sgv: 2 }]), ({ doc }) => doc, '\t'));
    expect(text).toBe('\t\t1\t\t\r\n\t\t2\t\t');
    expect(await joined(lineChunks(batches(), ({ doc }) => doc, ','))).toBe('');
  });

  it('JSON chunks parse to what went in, however it was cut', async () => {
    const doc = fc.dictionary(fc.string(), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(doc, { maxLength: 3 }), { maxLength: 4 }), async (parts) => {
        const lists = parts.map((part) => part.map((one) => JSON.parse(JSON.stringify(one)) as Doc));
        expect(JSON.parse(await joined(jsonChunks(batches(...lists), ({ json }) => json)))).toEqual(lists.flat());
      })
    );
  });
});

describe('treatments on their way out (spec §6.1)', () => {
  it.each<[string, object]>([
    ['{"a":1}', { a: 1, carbs: null, insulin: null }],
    ['{"carbs":"12","insulin":1.5}', { carbs: 12, insulin: 1.5 }],
    ['{"carbs":"x","insulin":null}', { carbs: null, insulin: null }],
    ['{"carbs":"","insulin":0}', { carbs: null, insulin: 0 }],
    ['{"nested":{"carbs":3}}', { nested: { carbs: 3 }, carbs: null, insulin: null }]
  ])('%s', (json, expected) => {
    expect(JSON.parse(treatmentJson(storedJson(json)))).toEqual(expected);
  });

  it('gives nightguard mills and endmills', () => {
    const json = '{"created_at":"2024-05-01T10:00:00.000Z","duration":30,"carbs":1,"insulin":1}';
    const mills = Date.parse('2024-05-01T10:00:00.000Z');
    expect(JSON.parse(treatmentJson(storedJson(json), { withMills: true }))).toMatchObject({
      mills,
      endmills: mills + 1_800_000
    });
    expect(treatmentJson(storedJson(json))).toBe(json);
  });
});

describe('DE_NORMALIZE_DATES', () => {
  it.each<[string, unknown, string]>([
    ['2024-03-31T09:15:00.000Z', 120, '2024-03-31T11:15:00.000+02:00'],
    ['2024-03-31T16:15:00.000Z', -300, '2024-03-31T11:15:00.000-05:00'],
    ['2024-03-31T05:45:00.000Z', 330, '2024-03-31T11:15:00.000+05:30'],
    ['2024-03-31T09:15:00.000Z', 0, '2024-03-31T09:15:00.000+00:00']
  ])('%s at %s', (dateString, utcOffset, expected) => {
    expect(deNormalize({ dateString, utcOffset }, 'dateString')).toEqual({ dateString: expected });
  });

  it('leaves what has no time or no offset', () => {
    expect(deNormalize({ utcOffset: 60 }, 'dateString')).toEqual({ utcOffset: 60 });
    expect(deNormalize({ dateString: 'x', utcOffset: 60 }, 'dateString')).toEqual({ dateString: 'x', utcOffset: 60 });
  });
});

describe('extensions (spec §1.3)', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['/entries.json', '/entries', 'application/json'],
    ['/entries/sgv/.json', '/entries/sgv/', 'application/json'],
    ['/entries.txt', '/entries', 'text/plain'],
    ['/status.js', '/status', 'application/javascript'],
    ['/entries.js', undefined, undefined],
    ['/entries.JSON', undefined, undefined],
    ['/entries.json/', undefined, undefined],
    ['/entries.xml', undefined, undefined],
    ['/entries.constructor', undefined, undefined]
  ])('%s', (path, cut, type) => {
    expect(splitExtension(path)).toEqual(cut === undefined ? undefined : { path: cut, type });
  });
});
