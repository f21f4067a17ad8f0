import { describe, expect, it } from 'vitest';
import { sgv } from '../../plugins/kit.ts';
import { toldBy } from './kit.ts';

const told = (code: number, errorcodes: Record<string, unknown> = {}, minutes = 1) =>
  toldBy('errorcodes', { sgvs: [sgv(code, minutes)], extended: { errorcodes } });

describe('errorcodes (properties-plugins B.6)', () => {
  it.each([
    [1, '?SN', 0, null],
    [2, '?MD', 0, null],
    [3, '?NA', 0, null],
    [4, '4??', 0, null],
    [5, '?NC', 0, 'intermission'],
    [6, '?CD', 0, null],
    [7, '7??', 0, null],
    [8, '8??', 0, null],
    [9, '?AD', 2, 'alien'],
    [10, '???', 2, 'alien']
  ])('code %i is %s', (code, message, level, pushoverSound) => {
    const group = 'CGM Error Code';
    expect(told(code)).toEqual([{ level, title: group, message, group, pushoverSound, debug: { lastSGV: code } }]);
  });

  it.each([0, 11, 12, 38, 39, 100])('%i is not told', (code) => expect(told(code)).toEqual([]));

  it.each([
    ['a list', { warn: '5 12' }, 12, '?RF', 1],
    ['one code, which is read as a number (the reference loses it)', { urgent: 10 }, 10, '???', 2],
    ['one code for information', { info: 12 }, 12, '?RF', 0],
    ['the most serious of its levels', { info: '9 10', urgent: '9' }, 9, '?AD', 2],
    ['the next when it is not urgent', { urgent: 9, warn: 10 }, 10, '???', 1],
    ['words among the codes', { warn: 'none 12' }, 12, '?RF', 1],
    ['an empty list means the default', { urgent: ' ' }, 9, '?AD', 2]
  ])('%s', (_name, settings, code, message, level) => {
    expect(told(code, settings)).toEqual([expect.objectContaining({ message, level })]);
  });

  it.each([
    ['info', 1],
    ['urgent', 10]
  ])('%s off tells none of them', (key, code) => expect(told(code, { [key]: false })).toEqual([]));

  it('a single urgent code replaces the default', () => expect(told(9, { urgent: 10 })).toEqual([]));

  it('tells it for less than ten minutes', () => {
    expect(told(10, {}, 9.99)).toHaveLength(1);
    expect(told(10, {}, 10)).toEqual([]);
  });
});
