import { newObjectId } from '../../src/storage/object-id.ts';
import type { CollectionName, Doc } from '../../src/storage/port.ts';

const MINUTE = 60_000;
const FIVE_MINUTES = 5 * MINUTE;
const DAY = 86_400_000;
const ACTION_MINUTES = 360;
const PEAK_MINUTES = 75;

/** How a prediction is written: as Loop computes it (17 digits), or in whole mg/dl as older versions sent it. */
export type Predictions = 'doubles' | 'whole';

/** A document as the server stores it, and when it came in (epoch ms). */
export interface Upload {
  readonly collection: CollectionName;
  readonly doc: Doc & { _id: string };
  readonly at: number;
}

/** A reproducible source of chance (mulberry32): 0 ≤ x < 1. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Share of a dose still active after so many minutes: the exponential model Loop uses (LoopKit #388). */
function insulinOnBoard(minutes: number): number {
  if (minutes <= 0) return 1;
  if (minutes >= ACTION_MINUTES) return 0;
  const tau = (PEAK_MINUTES * (1 - PEAK_MINUTES / ACTION_MINUTES)) / (1 - (2 * PEAK_MINUTES) / ACTION_MINUTES);
  const a = (2 * tau) / ACTION_MINUTES;
  const s = 1 / (1 - a + (1 + a) * Math.exp(-ACTION_MINUTES / tau));
  const tail = minutes ** 2 / (tau * ACTION_MINUTES * (1 - a)) - minutes / tau - 1;
  return 1 - s * (1 - a) * (tail * Math.exp(-minutes / tau) + 1);
}

/** Text times of Loop have no milliseconds. */
const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const isoMs = (ms: number): string => new Date(ms).toISOString();
const TRENDS = [
  [-15, 7, 'DoubleDown'],
  [-10, 6, 'SingleDown'],
  [-5, 5, 'FortyFiveDown'],
  [5, 4, 'Flat'],
  [10, 3, 'FortyFiveUp'],
  [15, 2, 'SingleUp'],
  [99, 1, 'DoubleUp']
] as const;

/**
 * What a Loop user leaves: a reading and a device status every five minutes (a few are missing), with predictions worked out
 * from carbs and insulin as Loop does, about 110 doses a day, meals, notes, site and sensor changes. As the server stores it.
 * @param from epoch ms
 * @param days how long
 */
export function* loopYear(
  from: number,
  days: number,
  { seed = 1, predictions = 'doubles' }: { seed?: number; predictions?: Predictions } = {}
): Generator<Upload> {
  const random = createRandom(seed);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`.toUpperCase();
  const doses: { at: number; units: number }[] = [];
  const meals: { at: number; carbs: number; minutes: number }[] = [];
  let modified = from;
  const upload = (collection: CollectionName, at: number, doc: Doc): Upload => {
    modified = Math.max(Math.floor(at), modified + 1);
    return { collection, at, doc: { _id: newObjectId(at), ...doc, srvModified: modified, srvCreated: modified } };
  };
  let glucose = 120;
  let trendRate = 0;
  let reservoir = 180;
  let battery = 100;
  let sensor = hex(6).toUpperCase();
  let clock = from + 137_000;
  for (let n = 0; n < (days * DAY) / FIVE_MINUTES; n++) {
    clock += FIVE_MINUTES + Math.round(gauss() * 900);
    const at = clock;
    const hour = (at % DAY) / 3_600_000;
    const iob = doses.reduce((sum, dose) => sum + dose.units * insulinOnBoard((at - dose.at) / MINUTE), 0);
    const cob = meals.reduce((sum, meal) => sum + meal.carbs * Math.max(0, 1 - (at - meal.at) / MINUTE / meal.minutes), 0);
    trendRate = 0.82 * trendRate + 0.18 * (cob / 18 + 0.95 - iob * 0.5 + (130 - glucose) / 60) + gauss() * 0.35;
    glucose = Math.min(390, Math.max(42, glucose + trendRate * 5));
    const sgv = Math.round(glucose + gauss() * 2);
    const [, trend, direction] = TRENDS.find(([below]) => trendRate * 5 < below)!;
    if (random() < 0.985) {
      const date = Math.round(at) - 8000;
      yield upload('entries', at, {
        date,
        dateString: isoMs(date),
        device: `Dexcom G6 21.0 ${sensor}`,
        type: 'sgv',
        sgv,
        trend,
        direction,
        trendRate: Math.round(trendRate * 10) / 10,
        isCalibration: false,
        utcOffset: 0,
        sysTime: isoMs(date)
      });
    }
    for (const [mealHour, chance] of [
      [7.5, 0.08],
      [12.5, 0.09],
      [18.6, 0.09],
      [16, 0.02]
    ] as const) {
      if (Math.abs(hour - mealHour) > 1 || random() > chance || cob > 40) continue;
      const carbs = 5 * Math.round(2 + random() * 14);
      meals.push({ at, carbs, minutes: [120, 180, 240][Math.floor(random() * 3)]! });
      doses.push({ at, units: Math.round((carbs / 10) * 20) / 20 });
      const id = uuid();
      yield upload('treatments', at, {
        created_at: iso(at),
        timestamp: iso(at),
        enteredBy: 'loop://iPhone',
        eventType: 'Carb Correction',
        carbs,
        absorptionTime: meals.at(-1)!.minutes,
        foodType: ['🌮', '🍎', '🍕', '🍭'][Math.floor(random() * 4)]!,
        syncIdentifier: id,
        userEnteredAt: iso(at - 20_000),
        utcOffset: 0
      });
      yield upload('treatments', at, bolus(at, doses.at(-1)!.units, false));
    }
    if (random() < 0.29) {
      const rate = Math.max(0, Math.round((0.85 + gauss() * 0.5) * 20) / 20);
      const minutes = 5 * (1 + Math.floor(random() * 3)) + (random() - 0.5) / 3;
      const amount = Math.round((rate * minutes * 20) / 60) / 20;
      doses.push({ at, units: amount });
      yield upload('treatments', at, {
        created_at: iso(at),
        timestamp: iso(at),
        enteredBy: 'loop://iPhone',
        eventType: 'Temp Basal',
        temp: 'absolute',
        rate,
        absolute: rate,
        duration: Math.round(minutes * 60) / 60,
        amount,
        automatic: true,
        syncIdentifier: `74656d70426173616c20${hex(44)}`,
        insulinType: 'Humalog',
        utcOffset: 0
      });
    }
    if (random() < 0.08) {
      const units = Math.round((0.05 + random() * 0.5) * 20) / 20;
      doses.push({ at, units });
      yield upload('treatments', at, bolus(at, units, true));
    }
    if (n % 864 === 400) yield upload('treatments', at, event(at, 'Site Change', 'Reservoir replaced'));
    if (n % 2880 === 900) yield upload('treatments', at, event(at, 'Sensor Start', `SensorID: ${sensor}`));
    if (n % 864 === 400) reservoir = 180;
    if (n % 2880 === 900) sensor = hex(6).toUpperCase();
    reservoir = Math.max(2, reservoir - 0.15);
    battery = battery < 15 ? 100 : battery - random() * 0.6;
    while (doses[0] && doses[0].at < at - ACTION_MINUTES * MINUTE) doses.shift();
    while (meals[0] && meals[0].at < at - 5 * 60 * MINUTE) meals.shift();
    const values = predict(sgv, at);
    const rate = Math.max(0, Math.round((0.85 + gauss() * 0.5) * 20) / 20);
    const bolusVolume = random() < 0.25 ? Math.round(random() * 10) / 20 : 0;
    const enacted = random() < 0.6;
    yield upload('devicestatus', at + 7000, {
      device: 'loop://iPhone',
      created_at: iso(at + 5000),
      pump: {
        clock: iso(at + 4000),
        pumpID: '1F0A1B2C',
        manufacturer: 'Insulet',
        model: 'Dash',
        suspended: false,
        bolusing: random() < 0.03,
        ...(reservoir < 50 && { reservoir: Math.round(reservoir * 20) / 20 }),
        secondsFromGMT: 7200
      },
      uploader: { name: 'iPhone', timestamp: iso(at + 5000), battery: Math.round(battery) },
      loop: {
        name: 'Loop',
        version: '3.4.4.57',
        timestamp: iso(at + 5000),
        iob: { timestamp: iso(at - (at % FIVE_MINUTES)), iob },
        cob: { timestamp: iso(at + 4000), cob },
        predicted: { startDate: iso(at - 8000), values },
        automaticDoseRecommendation: {
          timestamp: iso(at + 5000),
          ...(enacted && { tempBasalAdjustment: { rate, duration: 30 } }),
          bolusVolume
        },
        recommendedBolus: Math.round(Math.max(0, (values.at(-1)! - 110) / 50) * 20) / 20,
        ...(enacted && { enacted: { rate, duration: 30, timestamp: iso(at + 6000), received: true, bolusVolume } })
      },
      override: { timestamp: iso(at + 5000), active: false },
      utcOffset: 0
    });
  }

  function predict(sgv: number, at: number): number[] {
    const values = [sgv];
    for (let step = 1; step < 72; step++) {
      const minutes = step * 5;
      const insulin = doses.reduce((sum, dose) => {
        const age = (at - dose.at) / MINUTE + minutes;
        return sum - 52 * dose.units * (insulinOnBoard(age - 5) - insulinOnBoard(age));
      }, 0);
      const carbs = meals.reduce((sum, meal) => {
        const left = meal.minutes - ((at - meal.at) / MINUTE + minutes);
        return sum + (left > 0 ? (meal.carbs * 5.2 * 5) / meal.minutes : 0);
      }, 0);
      const momentum = step < 5 ? (trendRate * 5 * (5 - step)) / 5 : 0;
      values.push(values.at(-1)! + insulin + carbs + momentum + 52 * 0.85 * (5 / 60));
    }
    return predictions === 'whole' ? values.map(Math.round) : values;
  }

  function bolus(at: number, insulin: number, automatic: boolean): Doc {
    return {
      created_at: iso(at),
      timestamp: iso(at),
      enteredBy: 'loop://iPhone',
      eventType: 'Correction Bolus',
      type: 'normal',
      insulin,
      programmed: insulin,
      unabsorbed: 0,
      duration: insulin / 1.5,
      automatic,
      syncIdentifier: hex(64),
      insulinType: 'Humalog',
      utcOffset: 0
    };
  }

  function event(at: number, eventType: string, notes: string): Doc {
    return { created_at: iso(at), timestamp: iso(at), enteredBy: 'loop://iPhone', notes, eventType, utcOffset: 0 };
  }
}

/**
 * Readings a minute apart, as sensors read by their own app leave them.
 * @param end of the latest, epoch ms
 */
export function* minuteReadings(end: number, days: number): Generator<Upload> {
  for (let at = end - days * DAY; at <= end; at += MINUTE) {
    const sgv = Math.round(130 + 60 * Math.sin(at / (97 * MINUTE)));
    const doc = {
      date: at,
      dateString: isoMs(at),
      device: 'minutes',
      type: 'sgv',
      sgv,
      direction: 'Flat',
      utcOffset: 0,
      sysTime: isoMs(at)
    };
    yield { collection: 'entries', at, doc: { _id: newObjectId(at), ...doc, srvModified: at, srvCreated: at } };
  }
}
