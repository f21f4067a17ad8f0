import { describe, expect, it } from 'vitest';
import { normalizeDuration, withMills } from '../../src/collections/duration.ts';
import type { Doc } from '../../src/storage/port.ts';

const T = Date.parse('2026-11-22T10:00:00.000Z');
const triple = (ms: number): Doc => ({ endmills: T + ms, durationInMilliseconds: ms, duration: Math.round(ms / 60_000) });

describe('durations of v3 (rest-v3 §13)', () => {
  it.each<[string, Doc, Doc | undefined, Doc]>([
    ['PUT of minutes', { date: T, duration: 30 }, undefined, triple(1_800_000)],
    ['PUT of text', { date: String(T), duration: '30' }, undefined, triple(1_800_000)],
    ['PUT with created_at only', { created_at: '2026-11-22T10:00:00Z', duration: 30 }, undefined, triple(1_800_000)],
    ['ms before minutes (AAPS)', { duration: 0, durationInMilliseconds: 26_584 }, { date: T }, triple(26_584)],
    ['no ms when 0', { date: T, durationInMilliseconds: 0 }, undefined, {}],
    ['PATCH of notes recomputes', { notes: 'x' }, { date: T, duration: 30 }, triple(1_800_000)],
    ['PATCH of notes without duration', { notes: 'x' }, { date: T }, {}],
    [
      'an end that was sent',
      { date: T, endmills: T + 90_000, duration: 7 },
      undefined,
      { durationInMilliseconds: 90_000, duration: 2 }
    ],
    ['an end before the start', { date: T, endmills: T - 1 }, undefined, {}],
    ['no base', { duration: 30 }, undefined, {}]
  ])('%s', (_, body, stored, expected) => expect(normalizeDuration(body, stored)).toEqual(expected));
});

describe('times of live documents (socket-v1 §13.2)', () => {
  const created_at = new Date(T).toISOString();
  it.each<[Doc, Doc]>([
    [
      { created_at, duration: 30 },
      { mills: T, endmills: T + 1_800_000, duration: 30 }
    ],
    [
      { created_at, duration: 0 },
      { mills: T, endmills: T, duration: 0 }
    ],
    [
      { created_at, durationInMilliseconds: 90_000 },
      { mills: T, endmills: T + 90_000, duration: 2 }
    ],
    [
      { created_at, duration: 'x' },
      { mills: T, endmills: T, duration: 'x' }
    ],
    [
      { created_at, duration: 5, durationInMilliseconds: 0 },
      { mills: T, endmills: undefined, duration: 5 }
    ],
    [{ created_at }, { mills: T, endmills: undefined, duration: undefined }],
    [{ sysTime: created_at }, { mills: T }],
    [
      { created_at: 'bad', duration: 5 },
      { mills: Number.NaN, endmills: undefined }
    ],
    [
      { created_at, mills: 5, endmills: 6, duration: 30 },
      { mills: 5, endmills: 6 }
    ]
  ])('%j', (doc, expected) => {
    const out = withMills(doc);
    for (const [field, value] of Object.entries(expected)) expect(out[field]).toEqual(value);
  });
});
