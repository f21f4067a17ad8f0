import { describe, expect, it } from 'vitest';
import { listRoles, rolesByName, textList } from '../../src/access/roles.ts';

describe('roles (auth.md §3)', () => {
  it('has the built-in ones', () => {
    expect(Object.fromEntries(rolesByName([]))).toEqual({
      admin: ['*'],
      denied: [],
      'status-only': ['api:status:read'],
      readable: ['*:*:read'],
      careportal: ['api:treatments:create'],
      'devicestatus-upload': ['api:devicestatus:create'],
      activity: ['api:activity:create']
    });
  });

  it('lets a stored role replace a built-in one as a whole, the first of a name counting', () => {
    const roles = rolesByName([
      { _id: '1', name: 'readable', permissions: ['api:food:read'] },
      { _id: '2', name: 'readable', permissions: ['*'] }
    ]);
    expect(roles.get('readable')).toEqual(['api:food:read']);
  });

  it('takes a single permission for a list, and passes over what is none', () => {
    expect(rolesByName([{ name: 'one', permissions: 'api:food:read' }]).get('one')).toEqual(['api:food:read']);
    expect(rolesByName([{ name: 'none' }]).get('none')).toEqual([]);
    expect(textList(['a', 5, null, 'b'])).toEqual(['a', 'b']);
    expect(textList({ 0: 'a', 1: 'b' })).toEqual(['a', 'b']);
    expect(textList(7)).toEqual([]);
  });

  it('lists stored and built-in roles by name', () => {
    const listed = listRoles([
      { _id: '1', name: 'readable', permissions: ['x'] },
      { _id: '2', name: 'Zed', permissions: [] }
    ]);
    expect(listed.map(({ name }) => name)).toEqual([
      'Zed',
      'activity',
      'admin',
      'careportal',
      'denied',
      'devicestatus-upload',
      'readable',
      'status-only'
    ]);
    expect(listed.filter(({ _id }) => _id).length).toBe(2);
    expect(listed[1]).toEqual({ name: 'activity', permissions: ['api:activity:create'] });
  });
});
