import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import { parseFind } from '../../src/http/v1/find.ts';
import { FIND_RULES, type Findable } from '../../src/http/v1/find-rules.ts';
import { parseParams } from '../../src/http/v1/query-params.ts';
import type { Doc } from '../../src/storage/port.ts';
import { checkFilter, matcher } from '../../src/storage/query.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const DAY = 86_400_000;

function filter(collection: Findable, query: string, purpose: 'read' | 'delete' = 'read', uuidHandling = true) {
  return parseFind(parseParams(query).find, FIND_RULES[collection], { now: NOW, uuidHandling, purpose });
}

function finds(collection: Findable, query: string, doc: Doc, purpose: 'read' | 'delete' = 'read'): boolean {
  return matcher(filter(collection, query, purpose))(doc);
}

const iso = (ms: number): string => new Date(ms).toISOString();
const sgv = (more: Doc = {}): Doc => ({ type: 'sgv', sgv: 120, date: NOW, dateString: iso(NOW), ...more });
const treatment = (more: Doc = {}): Doc => ({ eventType: 'Note', created_at: iso(NOW), ...more });

describe('values of find (spec §4.2)', () => {
  it.each<[Findable, string, Doc, boolean]>([
    ['entries', 'find[sgv]=120', sgv(), true],
    ['entries', 'find[sgv]=120.9', sgv(), true],
    ['entries', 'find[sgv]=abc', sgv(), false],
    ['entries', 'find[sgv][$ne]=abc', sgv(), true],
    ['entries', 'find[sgv][$gte]=abc', sgv(), false],
    ['entries', 'find[sgv][$in][]=119&find[sgv][$in][]=120', sgv(), true],
    ['entries', 'find[sgv]=120', sgv({ sgv: '120' }), false],
    ['entries', 'find[type]=sgv', sgv(), true],
    ['entries', 'find[sgv][$mod][]=12&find[sgv][$mod][]=0', sgv(), true],
    ['entries', 'find[direction][$regex]=^forty&find[direction][$options]=i', sgv({ direction: 'FortyFiveUp' }), true],
    ['entries', 'find[$or][0][sgv]=1&find[$or][1][sgv]=120', sgv(), true],
    ['entries', 'find[$and][0][sgv]=120&find[$and][1][type]=sgv', sgv(), true],
    ['treatments', 'find[insulin][$gte]=1.5', treatment({ insulin: 1.2 }), false],
    ['treatments', 'find[insulin]=0.5', treatment({ insulin: 0.5 }), true],
    ['treatments', 'find[carbs][$exists]=true', treatment({ carbs: 1 }), true],
    ['treatments', 'find[carbs][$exists]=true', treatment(), false],
    ['treatments', 'find[carbs][$exists]=false', treatment(), true],
    ['treatments', 'find[duration]=30', treatment({ duration: 30 }), false],
    ['treatments', 'find[eventType]=Temporary+Target', treatment({ eventType: 'Temporary Target' }), true],
    ['treatments', 'find[eventType]=/temp/i', treatment({ eventType: 'Temp Basal' }), true],
    ['treatments', 'find[eventType][$ne]=/temp/i', treatment({ eventType: 'Temp Basal' }), false],
    ['treatments', 'find[enteredBy]=/openaps:\\/\\//', treatment({ enteredBy: 'openaps://edison' }), true],
    ['treatments', 'find[enteredBy]=loop://iPhone', treatment({ enteredBy: 'loop://iPhone' }), true],
    ['treatments', 'find[notes]=a/b/c', treatment({ notes: 'a/b/c' }), true],
    ['treatments', 'find[boluscalc.foods._id]=x', treatment({ boluscalc: { foods: [{ _id: 'x' }] } }), true],
    // Trio: what stands inside $and is no pattern, however many slashes it has
    ['treatments', 'find[$and][0][enteredBy][$ne]=openaps://AndroidAPS', treatment({ enteredBy: 'x' }), true],
    ['treatments', 'find[$and][0][enteredBy][$ne]=openaps://AndroidAPS', treatment({ enteredBy: 'openaps://AndroidAPS' }), false]
  ])('%s ?%s', (collection, query, doc, expected) => {
    expect(finds(collection, query, doc)).toBe(expected);
  });

  it('keeps long lists lists, although the parser makes objects of them', () => {
    const many = Array.from({ length: 30 }, (_, i) => `find[sgv][$in][]=${i}`).join('&');
    expect(finds('entries', many, sgv({ sgv: 29 }))).toBe(true);
  });
});

describe('dates of find (spec §4.4, clients §3.4)', () => {
  const at = '2024-05-01T10:00:00.000Z';
  it.each<[string, string, boolean]>([
    ['find[created_at][$gte]=2024-05-01T10:00:00Z', at, true],
    ['find[created_at][$lte]=2024-05-01T10:00:00', at, true],
    ['find[created_at][$gt]=2024-05-01T10:00:00Z', at, false],
    ['find[created_at][$lt]=2024-05-01', at, false],
    ['find[created_at][$gte]=2024-05-01', at, true],
    ['find[created_at][$lte]=2024-05-01T12:00:00+02:00', at, true],
    ['find[created_at][$gte]=2024-05-01T10:00 00:00', at, true],
    ['find[created_at][$gte]=2024-05-01T10:00+00:00', at, true],
    ['find[created_at][$gte]=2024', at, true],
    ['find[created_at][$eq]=2024-05-01T10:00:00Z', at, true],
    ['find[created_at]=2024-05-01T12:00:00%2B02:00', at, true],
    ['find[created_at][$in][]=2024-05-01T10:00:00Z', at, true],
    ['find[created_at][$exists]=true', at, true],
    // as ms; compared as text, a DELETE would have taken everything
    ['find[created_at][$gte]=1795320000000', at, false]
  ])('treatments ?%s', (query, created_at, expected) => {
    expect(finds('treatments', query, treatment({ created_at }))).toBe(expected);
  });

  it.each<[string, boolean]>([
    ['find[date][$gt]=1718000000000.0', true],
    ['find[date][$gte]=1718000000000.1234', true],
    ['find[date][$gte]=2026-11-22', true],
    ['find[date][$lt]=2026-11-22', false],
    ['find[date][$exists]=true', true]
  ])('entries ?%s', (query, expected) => {
    expect(finds('entries', query, sgv())).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['$lte', '2024-06-01T00:00:00Z', true],
    ['$gt', '2024-06-01T00:00:00Z', false],
    ['$eq', '2024-06-01T00:00:00Z', true],
    ['$ne', '2024-06-01T00:00:00Z', false],
    ['$lte', '2024-05-31T23:59:59Z', false]
  ])('profile startDate %s %s as instants, whatever their spelling (clients §17)', (operator, operand, expected) => {
    for (const startDate of ['2024-06-01T00:00:00Z', '2024-06-01T00:00:00.000Z'])
      expect(finds('profile', `find[startDate][${operator}]=${operand}`, { startDate })).toBe(expected);
  });
});

describe('the default window of four days', () => {
  const old = iso(NOW - 30 * DAY);
  it.each<[Findable, string, Doc, boolean]>([
    ['entries', '', sgv({ date: NOW - 5 * DAY }), false],
    ['entries', '', sgv({ date: NOW - 3 * DAY }), true],
    ['entries', '', sgv({ date: NOW + DAY }), true],
    ['entries', 'find[date][$lte]=9999999999999', sgv({ date: 1 }), true],
    ['entries', 'find[dateString][$gte]=2000', sgv({ date: 1 }), true],
    ['treatments', 'find[eventType]=Note', treatment({ created_at: old }), false],
    // LoopFollow: the last site change, however old
    ['treatments', 'find[eventType]=Note&find[created_at][$lte]=2026-11-22T12:00:00', treatment({ created_at: old }), true],
    // xDrip+: its own document by its own id, however old
    ['treatments', 'find[uuid]=u1', treatment({ created_at: old, uuid: 'u1' }), true],
    ['treatments', 'find[id][$eq]=u1', treatment({ created_at: old, id: 'u1' }), true],
    [
      'treatments',
      'find[$or][0][syncIdentifier]=u1&find[$or][1][notes]=n',
      treatment({ created_at: old, syncIdentifier: 'u1' }),
      true
    ],
    ['treatments', 'find[uuid][$exists]=true', treatment({ created_at: old, uuid: 'u1' }), false],
    ['treatments', 'find[_id]=0123456789abcdef01234567', treatment({ created_at: old, _id: '0123456789abcdef01234567' }), true],
    ['profile', '', { startDate: old }, false],
    ['activity', 'find[$and][0][created_at][$gte]=2000-01-01', { created_at: old }, false]
  ])('%s ?%s', (collection, query, doc, expected) => {
    expect(finds(collection, query, doc)).toBe(expected);
  });

  it.each<[Findable, string, Doc, boolean]>([
    // Trio deletes carbs and glucose by its own id without a date: old ones must go, and nothing else
    ['treatments', 'find[id][$eq]=u1', treatment({ created_at: old, id: 'u1' }), true],
    ['entries', 'find[$or][0][id][$eq]=u1&find[$or][1][dateString][$eq]=x', sgv({ date: 1, id: 'u1' }), true],
    ['entries', 'find[$or][0][id][$eq]=u1&find[$or][1][dateString][$eq]=x', sgv({ date: 1, dateString: 'x' }), false],
    ['entries', 'find[$or][0][id][$eq]=u1&find[$or][1][dateString][$eq]=x', sgv({ dateString: 'x' }), true],
    ['treatments', 'find[notes]=n', treatment({ created_at: old, notes: 'n' }), false],
    ['treatments', 'find[id][$ne]=u1', treatment({ created_at: old, id: 'u2' }), false]
  ])('DELETE %s ?%s', (collection, query, doc, expected) => {
    expect(finds(collection, query, doc, 'delete')).toBe(expected);
  });
});

describe('_id (spec §4.3)', () => {
  const uuid = '69F15FD2-8075-4DEB-AEA3-4352F455840D';
  it.each<[Findable, string, Doc, boolean]>([
    ['treatments', 'find[_id]=0123456789ABCDEF01234567', { _id: '0123456789abcdef01234567' }, true],
    ['treatments', 'find[_id][$in][]=0123456789ABCDEF01234567', { _id: '0123456789abcdef01234567' }, true],
    ['treatments', 'find[_id]=nope', { _id: '0123456789abcdef01234567' }, false],
    ['treatments', `find[_id]=${uuid}`, { _id: 'x', identifier: uuid }, true],
    ['treatments', `find[_id]=${uuid}`, { _id: uuid }, true],
    ['treatments', `find[_id]=${uuid.toLowerCase()}`, { _id: 'x', identifier: uuid }, false],
    ['devicestatus', `find[_id]=${uuid}`, { _id: 'x', identifier: uuid }, false]
  ])('%s ?%s', (collection, query, doc, expected) => {
    expect(finds(collection, query, doc)).toBe(expected);
  });

  it('looks for no identifier with UUID_HANDLING off', () => {
    expect(matcher(filter('treatments', `find[_id]=${uuid}`, 'read', false))({ _id: 'x', identifier: uuid })).toBe(false);
  });
});

describe('queries that cannot be served (D10)', () => {
  it.each<[Findable, string]>([
    ['entries', 'find=abc'],
    ['entries', 'find[]=abc'],
    ['entries', 'find[$where]=1'],
    ['entries', 'find[sgv][$foo]=1'],
    ['entries', 'find[sgv][$where]=1'],
    ['entries', 'find[$expr][$eq][]=1'],
    ['entries', 'find[date][$gte]=abc'],
    ['entries', 'find[date]=abc'],
    ['entries', 'find[date][$gte][$gt][x]=1'],
    ['entries', 'find[sgv][$in]=1'],
    ['entries', 'find[$or]=1'],
    ['entries', 'find[$or][0]=1'],
    ['treatments', 'find[created_at]=garbage'],
    ['treatments', 'find[created_at][$gte]=garbage'],
    ['treatments', 'find[notes]=/(/'],
    ['treatments', 'find[notes][$regex]=(']
  ])('%s ?%s is refused', (collection, query) => {
    expect(() => filter(collection, query)).toThrow(Refusal);
    expect(() => filter(collection, query)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('answers any query string with a filter or a refusal, never with anything else', () => {
    const part = fc.constantFrom(
      '[]',
      '[date]',
      '[$or]',
      '[$and]',
      '[0]',
      '[_id]',
      '[$gte]',
      '[$in]',
      '[$ne]',
      '[$not]',
      '[$exists]',
      '[$regex]',
      '[created_at]',
      '[notes]',
      '[sgv]',
      '[$where]',
      '[__proto__]',
      '[$mod]',
      '[$elemMatch]',
      '[a.b]',
      '[',
      ']',
      '%',
      '[$options]',
      '[$size]',
      '[$type]'
    );
    const value = fc.constantFrom('1', '', 'abc', '/x/i', '/(/', '2024-01-01', 'true', 'null', '%', '0123456789abcdef01234567');
    const condition = fc
      .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), value)
      .map(([parts, text]) => `find${parts.join('')}=${text}`);
    const query = fc.array(condition, { minLength: 1, maxLength: 4 }).map((conditions) => conditions.join('&'));
    fc.assert(
      fc.property(query, fc.constantFrom<Findable>('entries', 'treatments', 'profile'), (text, collection) => {
        let made: unknown;
        try {
          made = filter(collection, text);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          expect((error as Refusal).status).toBe(400);
          return;
        }
        checkFilter(made);
        matcher(made)(sgv());
      }),
      { numRuns: 1000 }
    );
  });
});
