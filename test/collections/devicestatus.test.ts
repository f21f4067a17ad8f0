import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postDevicestatus } from '../../src/collections/devicestatus.ts';
import { Refusal } from '../../src/errors.ts';
import type { Doc } from '../../src/storage/port.ts';
import { CONTEXT, createKit, ISO, type Kit } from './store-kit.ts';

const post = (body: unknown): Doc[] => postDevicestatus(body, CONTEXT).map(({ incoming }) => incoming);

describe('what POST /devicestatus understands (rest-v1-v2 §7)', () => {
  it.each<[string, Doc, Doc]>([
    [
      'seconds (Loop)',
      { device: 'loop://iPhone', created_at: '2026-11-22T09:00:00Z' },
      { device: 'loop://iPhone', created_at: '2026-11-22T09:00:00.000Z', utcOffset: 0 }
    ],
    ['an offset', { created_at: '2026-11-22T09:00:00+02:00' }, { created_at: '2026-11-22T07:00:00.000Z', utcOffset: 120 }],
    [
      'no time: now (Trio, xDrip+)',
      { uploader: { battery: '83%' } },
      { uploader: { battery: '83%' }, created_at: ISO(0), utcOffset: 0 }
    ],
    ['an unreadable time: now', { created_at: 'x' }, { created_at: ISO(0), utcOffset: 0 }],
    ['_id null', { _id: null, created_at: ISO(1) } as unknown as Doc, { created_at: ISO(1), utcOffset: 0 }]
  ])('%s', (_, sent, understood) => expect(post(sent)).toEqual([understood]));

  it.each([['zz'], [''], [12], [{ a: 1 }]])('refuses %j as _id in the words of the reference', (_id) => {
    let refusal: unknown;
    try {
      post([{ created_at: ISO(1) }, { _id }]);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({
      code: 'bad-id',
      status: 400,
      title: 'Invalid _id format',
      detail: `Must be 24-character hex string or omit for auto-generation. Got: ${String(_id)}`
    });
  });

  it.each([
    [0, 4],
    [288, 4],
    [2, 2]
  ])('PREDICTIONS_MAX_SIZE %d leaves %d values', (predictionsMaxSize, left) => {
    const predBGs = { IOB: [1, 2, 3, 4], COB: [1, 2, 3, 4], UAM: [1, 2, 3, 4], ZT: [1, 2, 3, 4], aCOB: [1, 2, 3, 4, 5] };
    const body = { created_at: ISO(1), openaps: { suggested: { predBGs, bg: 1 }, enacted: { predBGs }, iob: 5 } };
    const { incoming } = postDevicestatus(body, { ...CONTEXT, predictionsMaxSize })[0]!;
    const openaps = incoming.openaps as typeof body.openaps;
    expect(
      [...Object.values(openaps.suggested.predBGs), ...Object.values(openaps.enacted.predBGs)].map((curve) => curve.length)
    ).toEqual([left, left, left, left, 5, left, left, left, left, 5]);
    expect(openaps).toMatchObject({ iob: 5, suggested: { bg: 1 } });
    expect(body.openaps.suggested.predBGs.IOB).toHaveLength(4);
  });

  it('survives odd shapes of openaps', () => {
    for (const openaps of [null, 5, [], { suggested: null, enacted: 5 }, { suggested: { predBGs: [] } }])
      expect(post({ created_at: ISO(1), openaps })[0]!.openaps).toEqual(openaps);
  });
});

describe('which device statuses are the same (D3, D8)', () => {
  let kit: Kit;
  beforeEach(() => {
    kit = createKit();
  });
  afterEach(() => kit.close());
  const send = (body: unknown) => kit.send('devicestatus', postDevicestatus(body, CONTEXT));

  it('stores a batch that comes again once, under the same ids', async () => {
    const batch = [5, 10].map((m) => ({ device: 'loop://iPhone', created_at: ISO(m), loop: { m } }));
    const first = await send(batch);
    const again = await send(batch);
    expect(again.map(({ _id }) => _id)).toEqual(first.map(({ _id }) => _id));
    expect(await kit.stored('devicestatus')).toHaveLength(2);
  });

  it('loses nothing an earlier upload of the same device and time said', async () => {
    await send({ device: 'd', created_at: ISO(5), pump: { reservoir: 1 } });
    await send({ device: 'd', created_at: ISO(5), openaps: { iob: 2 } });
    expect(await kit.stored('devicestatus')).toEqual([
      { device: 'd', created_at: ISO(5), utcOffset: 0, pump: { reservoir: 1 }, openaps: { iob: 2 } }
    ]);
  });

  it('keeps two devices of one time, and two statuses that were sent without a time', async () => {
    await send([
      { device: 'a', created_at: ISO(5) },
      { device: 'b', created_at: ISO(5) },
      { device: 'c', x: 1 },
      { device: 'c', x: 2 }
    ]);
    expect(await kit.stored('devicestatus')).toHaveLength(4);
  });

  it('without a device, only the very same status is a repeat', async () => {
    const status = { created_at: ISO(5), uploader: { battery: 77 } };
    await send([status, status, { created_at: ISO(5), uploader: { battery: 76 } }]);
    expect(await kit.stored('devicestatus')).toHaveLength(2);
  });
});
