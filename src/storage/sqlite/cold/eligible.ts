import type { Doc, StoreName } from '../../port.ts';
import type { Value } from '../driver.ts';
import { rowOf } from '../row.ts';

const DAY = 86_400_000;

/** What is frozen, and how: collections that grow for ever. The others stay as they are. */
export interface FreezeRule {
  /** Documents younger than this stay in the tables, ms: what apps read every few minutes. */
  readonly afterMs: number;
  /** Documents per block; a block holds a day or two, so that a look into the past opens few. */
  readonly perBlock: number;
}

export const RULES: ReadonlyMap<StoreName, FreezeRule> = new Map([
  ['entries', { afterMs: 10 * DAY, perBlock: 256 }],
  ['treatments', { afterMs: 10 * DAY, perBlock: 256 }],
  // 2 KB each, and nobody asks for more than the last two days of them
  ['devicestatus', { afterMs: 5 * DAY, perBlock: 256 }],
  ['activity', { afterMs: 10 * DAY, perBlock: 256 }]
]);

/** Read at every start, however old, and few: sensor, site and reservoir ages, and the profile in force. */
const STAYING = new Set([
  'Sensor Start',
  'Sensor Change',
  'Sensor Stop',
  'Site Change',
  'Insulin Change',
  'Pump Battery Change',
  'Profile Switch'
]);

/** Larger ones stay: a block is opened as a whole. */
export const MAX_BYTES = 256 * 1024;

const TIMES = ['date', 'created_at', 'srvModified', 'srvCreated', 'dateString', 'sysTime'] as const;

/** The times of a row as its columns hold them. */
export type RowTimes = Readonly<Record<(typeof TIMES)[number] | 'eventType', Value>>;
export const TIME_COLUMNS = [...TIMES, 'eventType'].map((field) => `"k_${field}" AS "${field}"`).join(', ');

/**
 * `old`: every time the document carries is past, there is one at least, and no app looks for it at each start. `young`: some time
 * of it is not past yet. `stays`: neither.
 */
export function ageOf(times: RowTimes, before: number): 'old' | 'young' | 'stays' {
  let known = false;
  for (const field of TIMES) {
    const value = times[field];
    if (value === null) continue;
    const at = typeof value === 'number' ? value : Date.parse(String(value));
    // a text nobody can read is no reason against, if another time is there
    if (Number.isNaN(at)) continue;
    if (at >= before) return 'young';
    known = true;
  }
  return known && !STAYING.has(String(times.eventType)) ? 'old' : 'stays';
}

/** Texts that JavaScript and SQLite may order or cut differently: halves of surrogate pairs, and NUL. */
const PECULIAR = /\\ud[89a-f]|\\u0000/i;

/**
 * True when a row can be made again from its JSON text alone, columns and all: only then it may leave its table.
 * @param columns id, odd, doc and the key columns, in the order of {@link rowOf}
 */
export function isFaithful(columns: readonly Value[]): Doc | undefined {
  const json = columns[2];
  if (typeof json !== 'string' || PECULIAR.test(json)) return undefined;
  const doc = JSON.parse(json) as Doc & { _id: string };
  if (typeof doc._id !== 'string') return undefined;
  const { odd, values } = rowOf(doc);
  return !odd && values.length === columns.length && values.every((value, n) => Object.is(value, columns[n])) ? doc : undefined;
}
