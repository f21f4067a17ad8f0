import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postActivity, putActivity } from '../../src/collections/activity.ts';
import { postFood, putFood } from '../../src/collections/food.ts';
import { postProfile, putProfile } from '../../src/collections/profile.ts';
import type { Upload } from '../../src/collections/upload.ts';
import type { Doc } from '../../src/storage/port.ts';
import { CONTEXT, createKit, ISO, type Kit } from './store-kit.ts';

const ID = '65a1b2c3d4e5f60718293a4b';
let kit: Kit;
beforeEach(() => {
  kit = createKit();
});
afterEach(() => kit.close());

const DOORS: [string, 'profile' | 'food' | 'activity', (body: unknown) => Upload | Upload[]][] = [
  ['POST /profile', 'profile', (body) => postProfile(body, CONTEXT)],
  ['PUT /profile', 'profile', (body) => putProfile(body, CONTEXT)],
  ['POST /food', 'food', (body) => postFood(body, CONTEXT)],
  ['PUT /food', 'food', (body) => putFood(body, CONTEXT)],
  ['POST /activity', 'activity', (body) => postActivity(body, CONTEXT)],
  ['PUT /activity', 'activity', (body) => putActivity(body, CONTEXT)]
];

describe.each(DOORS)('%s (rest-v1-v2 §8–§10)', (name, collection, door) => {
  const detail = `Must be 24-character hex string${name.startsWith('POST') ? ' or omit for auto-generation' : ''}. Got: `;
  const refusal = (body: unknown): unknown => {
    try {
      return door(body);
    } catch (error) {
      return error;
    }
  };

  it('is of now when no time was sent', async () => {
    const [sent] = await kit.send(collection, door({ x: 1 }));
    expect(sent).toMatchObject({ incoming: { x: 1, created_at: ISO(0) }, op: 'create' });
    expect(sent!._id).toMatch(/^[0-9a-f]{24}$/);
  });

  it('inserts under an unknown _id and replaces a known one, without complaint (D8)', async () => {
    await kit.send(collection, door({ _id: ID, a: 1, created_at: ISO(30) }));
    const [again] = await kit.send(collection, door({ _id: ID.toUpperCase(), b: 2, created_at: ISO(20) }));
    expect(again).toMatchObject({ _id: ID, op: 'update' });
    expect(await kit.stored(collection)).toEqual([{ b: 2, created_at: name === 'POST /food' ? ISO(0) : ISO(20) }]);
  });

  it.each(['zz', '', 7])('refuses %j as _id', (_id) =>
    expect(refusal({ _id })).toMatchObject({ code: 'bad-id', title: 'Invalid _id format', detail: `${detail}${_id}` })
  );

  it('refuses what is no document', () => {
    for (const body of [undefined, null, 'x', 5, [null], ['x'], [[{}]], { $set: 1 }])
      expect(refusal(body)).toMatchObject({ code: 'bad-document' });
  });

  it('strips active HTML (D7: the reference does so on few of these)', async () => {
    await kit.send(collection, door({ name: '<script>x</script>Apple', store: { a: [{ b: '<img src=x onerror=y>' }] } }));
    expect(await kit.stored(collection)).toMatchObject([{ name: 'Apple', store: { a: [{ b: '<img src="x">' }] } }]);
  });
});

describe('which records are the same', () => {
  it('two profiles of one time that differ are two; the very same one again is one', async () => {
    const profile = (units: string): Doc => ({ defaultProfile: 'D', startDate: ISO(50), created_at: ISO(50), units });
    await kit.send('profile', postProfile([profile('mmol'), profile('mg/dl'), profile('mmol')], CONTEXT));
    expect(await kit.stored('profile')).toHaveLength(2);
  });

  it('a profile that v3 knows keeps its identifier when it is replaced over v1', async () => {
    await kit.send('profile', postProfile({ identifier: 'x-p1', startDate: ISO(5), created_at: ISO(5) }, CONTEXT));
    await kit.send('profile', putProfile({ identifier: 'x-p1', startDate: ISO(4), created_at: ISO(5) }, CONTEXT));
    expect(await kit.stored('profile')).toMatchObject([{ identifier: 'x-p1', startDate: ISO(4) }]);
  });

  it('every food posted is a new one, also the many of one batch', async () => {
    await kit.send('food', postFood([{ name: 'Apple' }, { name: 'Pear' }, { name: 'Pear' }], CONTEXT));
    expect(await kit.stored('food')).toHaveLength(3);
  });

  it('food posted is of now, whatever it says', async () => {
    await kit.send('food', postFood({ name: 'Apple', created_at: ISO(900) }, CONTEXT));
    expect(await kit.stored('food')).toEqual([{ name: 'Apple', created_at: ISO(0) }]);
  });

  it('the very same activity again is the same one; created_at stays as sent (xDrip+)', async () => {
    const beat = { type: 'hr-bpm', timeStamp: 1, created_at: '2026-11-22T09:00:00+02:00', bpm: 72 };
    const [first] = await kit.send('activity', postActivity(beat, CONTEXT));
    const again = await kit.send('activity', postActivity([beat, { ...beat, bpm: 73 }], CONTEXT));
    expect(again.map(({ _id, op }) => [_id === first!._id, op])).toEqual([
      [true, 'none'],
      [false, 'create']
    ]);
    expect(await kit.stored('activity')).toEqual([beat, { ...beat, bpm: 73 }]);
  });
});
