import { describe, expect, it } from 'vitest';
import { shapeOfFilter, shapeOfKeys } from '../../src/observe/query-shape.ts';

describe('the shape of a query names fields and operators, never values', () => {
  it.each([
    [{}, '{}'],
    [{ type: 'sgv', sgv: 123 }, '{type,sgv}'],
    [{ date: { $gte: 1700000000000, $lt: 1800000000000 } }, '{date:{$gte,$lt}}'],
    [{ type: { $in: ['sgv', 'mbg'] } }, '{type:{$in}}'],
    [{ notes: { $regex: 'hypo', $options: 'i' } }, '{notes:{$regex,$options}}'],
    [{ $or: [{ date: { $gt: 5 } }, { created_at: '2024' }] }, '{$or:[{date:{$gt}},{created_at}]}'],
    [{ sgv: { $not: { $gt: 180 } } }, '{sgv:{$not:{$gt}}}'],
    [{ foods: { $elemMatch: { name: 'apple' } } }, '{foods:{$elemMatch}}'],
    [{ pump: { battery: { percent: 12 } } }, '{pump}'],
    [{ boluses: [{ units: 4 }] }, '{boluses}'],
    [{ 'sgv 42 mg/dl': 1 }, '{(odd name)}'],
    ['nonsense', '…']
  ])('%j', (filter, shape) => {
    expect(shapeOfFilter(filter)).toBe(shape);
  });

  it('is short, whatever comes', () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`a_long_field_name_number_${n}`, { $gt: n }]));
    let deep: object = { a: 1 };
    for (let n = 0; n < 5000; n++) deep = { $and: [deep] };
    expect(shapeOfFilter(wide).length).toBeLessThanOrEqual(400);
    expect(shapeOfFilter(deep).length).toBeLessThanOrEqual(400);
  });

  it('of identity look-ups: each kind once', () => {
    const keys = [{ created_at: '2024', eventType: 'Note' }, { created_at: '2025', eventType: 'Note' }, { identifier: 'x' }];
    expect(shapeOfKeys(keys)).toBe('created_at+eventType identifier');
  });
});
