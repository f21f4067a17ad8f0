// What the cases upload. Times repeat within the last two days, so that live state holds what it really holds.
const MINUTE = 60_000;
const DAY_MINUTES = 1440;

export type Maker = (n: number) => unknown;

const slot = (end: number, n: number): number => end - (n % (2 * DAY_MINUTES)) * MINUTE + 7;
const iso = (mills: number): string => new Date(mills).toISOString();

export const entry =
  (end: number): Maker =>
  (n) => [
    {
      type: 'sgv',
      sgv: 100 + (n % 90),
      date: slot(end, n),
      dateString: iso(slot(end, n)),
      device: 'bench',
      direction: 'Flat'
    }
  ];

export const tempBasal =
  (end: number): Maker =>
  (n) => [
    {
      eventType: 'Temp Basal',
      created_at: iso(slot(end, n)),
      rate: n / 100,
      absolute: n / 100,
      duration: 30,
      enteredBy: 'loop://iPhone',
      syncIdentifier: `bench${n % (2 * DAY_MINUTES)}`
    }
  ];

/** About 2.5 KB, as Loop sends. */
export const deviceStatus =
  (end: number): Maker =>
  (n) => [
    {
      device: 'loop://iPhone',
      created_at: iso(slot(end, n)),
      uploader: { name: 'iPhone', timestamp: iso(slot(end, n)), battery: 71 },
      pump: { clock: iso(slot(end, n)), pumpID: '1F0A1B2C', reservoir: 48.25, manufacturer: 'Insulet', model: 'Dash' },
      loop: {
        name: 'Loop',
        version: '3.4.4',
        timestamp: iso(slot(end, n)),
        iob: { timestamp: iso(slot(end, n)), iob: 1 + (n % 100) / 77 },
        cob: { timestamp: iso(slot(end, n)), cob: n % 40 },
        predicted: {
          startDate: iso(slot(end, n)),
          values: Array.from({ length: 72 }, (_, i) => 110 + 40 * Math.sin((i + n) / 9) + i / 7)
        },
        recommendedBolus: 0.15
      }
    }
  ];

/** @param days back from `end` they begin: among the old ones */
export const v3Entry =
  (end: number, days = 40): Maker =>
  (n) => ({
    type: 'sgv',
    sgv: 100,
    date: end - days * DAY_MINUTES * MINUTE + n * 7,
    utcOffset: 0,
    app: 'AAPS',
    device: 'bench',
    isValid: true
  });

/** A backfill of 1000 readings that are all new. @param days back from `end` they begin, and go on into the past */
export const thousandEntries =
  (end: number, days = 400) =>
  (n: number): unknown[] =>
    Array.from({ length: 1000 }, (_, i) => {
      const date = end - days * DAY_MINUTES * MINUTE - (n * 1000 + i) * 5 * MINUTE + 3;
      return { type: 'sgv', sgv: 100 + (i % 90), date, dateString: iso(date), device: 'bench', direction: 'Flat' };
    });
