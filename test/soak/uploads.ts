import type { CollectionName } from '../../src/storage/port.ts';

export type Kind = Extract<CollectionName, 'entries' | 'treatments' | 'devicestatus'>;

/** One upload, and how to know its document again. */
export interface Upload {
  readonly api: 'v1' | 'v3';
  readonly kind: Kind;
  readonly body: object;
  /** One document: uploads of the same identity follow each other. */
  readonly identity: string;
  /** This version of it, as {@link markerOf} reads it from what comes back. */
  readonly marker: string;
  /** Whether the root socket hears of it: only the recent past is live. */
  readonly live: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The recent past is changed over and over, so that the live state stays as large as that of a real site: 40 h of readings. */
const ENTRY_SLOTS = 2400;
const TREATMENT_SLOTS = 540;
const TREATMENT_EVERY = 6 * MINUTE;
/** Device statuses are only ever added: these are a minute short of leaving the live state. */
const STATUS_AGE = DAY - MINUTE;
/** Where the backfill of old documents begins. */
const OLD = 10 * DAY;

const iso = (ms: number): string => new Date(ms).toISOString();

/** `entries 1767323045000 104`: which version of which document. @returns undefined for a document of another origin */
export function markerOf(kind: Kind, doc: Readonly<Record<string, unknown>>): string | undefined {
  if (kind === 'entries') return `entries ${doc.date ?? doc.mills} ${doc.sgv ?? doc.mgdl}`;
  const mark = kind === 'treatments' ? doc.notes : doc.soak;
  return mark === undefined ? undefined : `${kind} ${mark}`;
}

/** `entries 1767323045000`: which document, whatever its version. */
export const identityOf = (kind: Kind, doc: Readonly<Record<string, unknown>>): string =>
  kind === 'entries' ? `entries ${doc.date}` : `${kind} ${doc.created_at}`;

/**
 * The uploads of a run: readings, treatments and device statuses, over v1 and v3, of the last days and of long ago.
 * @param start epoch ms
 */
export function createUploads(start: number) {
  const count = { entries: 0, treatments: 0, devicestatus: 0, old: 0, mark: 0 };
  let lastStatus = 0;

  function entry(date: number, sgv: number, api: 'v1' | 'v3', live: boolean): Upload {
    const common = { type: 'sgv', date, sgv, direction: 'Flat', noise: 1 };
    const body =
      api === 'v1'
        ? [
            {
              ...common,
              device: 'xDrip-DexcomG6',
              dateString: iso(date),
              delta: 1.5,
              filtered: sgv * 1000,
              unfiltered: sgv * 1000
            }
          ]
        : { ...common, device: 'AndroidAPS-DexcomG6', identifier: `entry-${date}`, app: 'AAPS', utcOffset: 0, isValid: true };
    return { api, kind: 'entries', body, identity: `entries ${date}`, marker: `entries ${date} ${sgv}`, live };
  }

  function treatment(at: number, api: 'v1' | 'v3', live: boolean): Upload {
    const notes = `soak ${++count.mark}`;
    const created_at = iso(at);
    const common = { eventType: 'Temp Basal', created_at, rate: (count.mark % 400) / 100, duration: 30, notes };
    const body =
      api === 'v1'
        ? [{ ...common, absolute: common.rate, timestamp: created_at, enteredBy: 'loop://iPhone', insulinType: 'Novolog' }]
        : { ...common, identifier: `treatment-${at}`, date: at, app: 'AAPS', utcOffset: 0, isValid: true };
    return { api, kind: 'treatments', body, identity: `treatments ${created_at}`, marker: `treatments ${notes}`, live };
  }

  function status(at: number, api: 'v1' | 'v3', live: boolean): Upload {
    const soak = ++count.mark;
    const created_at = iso(at);
    const values = Array.from({ length: 72 }, (_, n) => 100 + ((n * 3 + soak) % 90));
    const common = { created_at, soak, uploader: { battery: soak % 100 }, pump: { reservoir: 120, clock: created_at } };
    const body =
      api === 'v1'
        ? [
            {
              ...common,
              device: 'loop://iPhone',
              loop: {
                name: 'Loop',
                version: '3.4.1',
                timestamp: created_at,
                iob: { iob: 1.25, timestamp: created_at },
                cob: { cob: 12, timestamp: created_at },
                predicted: { startDate: created_at, values }
              }
            }
          ]
        : {
            ...common,
            device: 'openaps://AAPS',
            identifier: `status-${soak}`,
            date: at,
            app: 'AAPS',
            utcOffset: 0,
            isValid: true,
            openaps: { iob: { iob: 1.25, time: created_at }, suggested: { eventualBG: 110, predBGs: { IOB: values } } }
          };
    return { api, kind: 'devicestatus', body, identity: `devicestatus ${created_at}`, marker: `devicestatus ${soak}`, live };
  }

  const slotOf = (n: number, slots: number) => ({ slot: n % slots, visit: Math.floor(n / slots) });
  const apiOf = (slot: number): 'v1' | 'v3' => (slot % 4 === 3 ? 'v3' : 'v1');

  function recent(kind: Kind, now: number): Upload {
    if (kind === 'entries') {
      const { slot, visit } = slotOf(count.entries++, ENTRY_SLOTS);
      return entry(start - (slot + 1) * MINUTE, 40 + ((slot * 3 + visit * 37) % 360), apiOf(slot), true);
    }
    if (kind === 'treatments') {
      const { slot } = slotOf(count.treatments++, TREATMENT_SLOTS);
      return treatment(start - (slot + 1) * TREATMENT_EVERY, apiOf(slot), true);
    }
    lastStatus = Math.max(lastStatus + 1, Math.round(now - STATUS_AGE));
    return status(lastStatus, apiOf(count.devicestatus++), true);
  }

  function old(kind: Kind): Upload {
    const n = ++count.old;
    const at = start - OLD - n * 61_000;
    if (kind === 'entries') return entry(at, 40 + (n % 360), apiOf(n), false);
    return kind === 'treatments' ? treatment(at, apiOf(n), false) : status(at, apiOf(n), false);
  }

  return {
    /** Everything the live state will hold, so that it is as large at the start as at the end. */
    *fill(): Generator<Upload> {
      for (let n = 0; n < ENTRY_SLOTS; n++) yield recent('entries', start);
      for (let n = 0; n < TREATMENT_SLOTS; n++) yield recent('treatments', start);
    },
    /** The next upload of the mix: 55 % readings, 30 % treatments, 15 % device statuses; 60 % of each recent. @param now epoch ms */
    next(now: number): Upload {
      const dice = Math.random();
      const kind: Kind = dice < 0.55 ? 'entries' : dice < 0.85 ? 'treatments' : 'devicestatus';
      return Math.random() < 0.6 ? recent(kind, now) : old(kind);
    }
  };
}
