import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGrants } from '../../src/access/wildcard.ts';

const REQUESTS = [
  'api:treatments:read',
  'api:entries:read',
  'api:treatments:create',
  'api:*:read',
  '*:*:read',
  '*:*:admin',
  'api:settings:admin',
  'admin:api:subjects:read',
  'api:*:create,update,delete',
  'notifications:*:ack',
  'api:pebble,entries:read'
];

// computed with the reference's matcher, auth.md §11
const TABLE: [grants: string[], allowed: string][] = [
  [['*'], 'YYYYYYYYYYY'],
  [['*:*:*'], 'YYYYYYYYYYY'],
  [['*:*:read'], 'YY-YY-----Y'],
  [['api:*:read'], 'YY-Y------Y'],
  [['api:*:*'], 'YYYY--Y-Y-Y'],
  [['api'], 'YYYY--Y-Y-Y'],
  [['api:treatments:*'], 'Y-Y--------'],
  [['api:treatments'], 'Y-Y--------'],
  [['api:treatments:create'], '--Y--------'],
  [['api:treatments,entries:create,read'], 'YYY--------'],
  [['api:*:create', 'api:*:update', 'api:*:delete'], '--Y-----Y--'],
  [['notifications:*:ack'], '---------Y-'],
  [['admin:*:*:*'], '-------Y---']
];

describe('permission matching', () => {
  it.each(TABLE)('grants %j', (grants, allowed) => {
    const may = compileGrants(grants);
    expect(REQUESTS.map((request) => (may(request) ? 'Y' : '-')).join('')).toBe(allowed);
  });

  it.each([
    ['admin:*', 'admin:api:subjects:read', true],
    ['admin:*', '*:*:admin', false],
    ['api:treatments:create,update,delete', 'api:treatments:create,update,delete', true],
    ['api:treatments:create,update,delete', 'api:treatments:read', false],
    ['api:treatments:create', 'api:treatments:create,update', false],
    ['api:entries:read:*', 'api:entries:read', true],
    ['api:entries:read:mine', 'api:entries:read', false],
    ['api:entries:read', 'api:entries:read:mine', true],
    ['api:trea*:read', 'api:treatments:read', false],
    ['API:entries:read', 'api:entries:read', false],
    [' api:entries:read', 'api:entries:read', false],
    ['', '', false],
    ['', 'api:entries:read', false]
  ])('%s against %s: %s', (grant, request, allowed) => {
    expect(compileGrants([grant])(request)).toBe(allowed);
  });

  it('passes over what is no text', () => {
    const may = compileGrants([null, 5, { a: 1 }, ['*'], undefined, 'api:entries:read']);
    expect(may('api:entries:read')).toBe(true);
    expect(may('api:food:read')).toBe(false);
  });

  it('answers a request of countless combinations at once', () => {
    const huge = Array.from({ length: 500 }, () => 'a,b,c').join(':');
    expect(compileGrants(['*'])(huge)).toBe(true);
    expect(compileGrants(['a', 'b'])(huge)).toBe(false);
  });

  it('splits every request with commas into single ones', () => {
    const part = fc.constantFrom('a', 'b', 'c', '*');
    const words = fc.array(part, { minLength: 1, maxLength: 2 }).map((list) => list.join(','));
    const permission = fc.array(words, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(':'));
    fc.assert(
      fc.property(fc.array(permission, { maxLength: 4 }), permission, (grants, request) => {
        const may = compileGrants(grants);
        const singles = request
          .split(':')
          .reduce<string[]>(
            (made, part) =>
              (made.length ? made : ['']).flatMap((head) => part.split(',').map((w) => (head ? `${head}:${w}` : w))),
            []
          );
        expect(may(request)).toBe(singles.every((single) => may(single)));
      })
    );
  });
});
