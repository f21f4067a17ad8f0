import type { CollectionName } from '../../storage/port.ts';

/** How the text of a `find` becomes values in one collection (spec §4.2–4.4). */
export interface FindRules {
  /** The field the default window looks at. */
  readonly dateField: 'date' | 'created_at' | 'startDate';
  /** What stands in the date field: epoch ms, or ISO text. */
  readonly dateIs: 'ms' | 'iso';
  /** ISO text is stored as the app sent it, so one instant has several spellings. */
  readonly dateAsSent?: true;
  /** Compared as whole numbers, cut as the reference cuts them. */
  readonly integers: ReadonlySet<string>;
  /** Compared as numbers; the reference cuts these too, and then finds 1.2 U for "at least 1.5 U". */
  readonly numbers: ReadonlySet<string>;
  /** Understand `/pattern/flags`. */
  readonly patterns: ReadonlySet<string>;
  /** `_id` may be a UUID, which stands in `identifier`. */
  readonly uuid: boolean;
}

const NONE: ReadonlySet<string> = new Set();
const COMMON_INTEGERS: ReadonlySet<string> = new Set(['date', 'sgv']);

/** The collections that understand `find`. */
export type Findable = Extract<CollectionName, 'entries' | 'treatments' | 'devicestatus' | 'activity' | 'profile'>;

export const FIND_RULES: Readonly<Record<Findable, FindRules>> = {
  entries: {
    dateField: 'date',
    dateIs: 'ms',
    integers: new Set(['date', 'sgv', 'filtered', 'unfiltered', 'rssi', 'noise', 'mbg']),
    numbers: NONE,
    patterns: NONE,
    uuid: true
  },
  treatments: {
    dateField: 'created_at',
    dateIs: 'iso',
    integers: NONE,
    numbers: new Set(['insulin', 'carbs', 'glucose']),
    patterns: new Set(['notes', 'eventType', 'enteredBy']),
    uuid: true
  },
  devicestatus: { dateField: 'created_at', dateIs: 'iso', integers: COMMON_INTEGERS, numbers: NONE, patterns: NONE, uuid: false },
  activity: {
    dateField: 'created_at',
    dateIs: 'iso',
    dateAsSent: true,
    integers: COMMON_INTEGERS,
    numbers: NONE,
    patterns: NONE,
    uuid: false
  },
  profile: { dateField: 'startDate', dateIs: 'iso', dateAsSent: true, integers: NONE, numbers: NONE, patterns: NONE, uuid: false }
};
