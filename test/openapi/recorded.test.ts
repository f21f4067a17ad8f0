import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createChecker, documentOf, type Exchange } from './kit.ts';

// what clients have been getting from the reference for years; GAP-API-006: nobody had written it down
const recorded = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8')) as Exchange[];
const checker = createChecker(documentOf());

describe('answers recorded at the reference agree with the document', () => {
  it.each(recorded.map((exchange) => [`${exchange.method} ${exchange.path} ${exchange.status}`, exchange] as const))(
    '%s',
    (_name, exchange) => {
      expect(checker.faults(exchange)).toEqual([]);
    }
  );
});

describe('the shapes are tight enough to notice', () => {
  const find = (part: string): Exchange => recorded.find(({ path, method }) => method === 'GET' && path.startsWith(part))!;
  it.each([
    ['a treatment without carbs', '/api/v1/treatments', (body: Record<string, unknown>[]) => [{ ...body[0], carbs: undefined }]],
    [
      'a treatment with insulin as text',
      '/api/v1/treatments',
      (body: Record<string, unknown>[]) => [{ ...body[0], insulin: '1' }]
    ],
    ['an entry without _id', '/api/v1/entries/current.json', () => [{ type: 'sgv', sgv: 100, date: 1795330217388 }]],
    ['a sgv that is an object', '/api/v1/entries/current.json', (body: Record<string, unknown>[]) => [{ ...body[0], sgv: {} }]],
    ['an object in place of a list', '/api/v1/profile.json', () => ({ _id: 'a' })],
    ['a v3 list without envelope', '/api/v3/treatments', (body: { result: unknown }) => body.result],
    [
      'v3 letters out of order',
      '/api/v3/status',
      (body: { result: object }) => ({ ...body, result: { ...body.result, apiPermissions: { food: 'dc' } } })
    ],
    ['a subject without token', '/api/v2/authorization/subjects', () => [{ _id: 'a', name: 'b' }]]
  ])('%s', (_name, path, spoil) => {
    const exchange = find(path);
    const body = JSON.parse(JSON.stringify((spoil as (body: unknown) => unknown)(exchange.body)));
    expect(checker.faults({ ...exchange, body })).not.toEqual([]);
  });
});
