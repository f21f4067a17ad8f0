import type { Config } from '../config/config.ts';
import type { CollectionName, Doc, Storage } from '../storage/port.ts';
import type { Query } from '../storage/query.ts';
import { PROFILES_KEPT } from './profiles.ts';
import { ENTRIES_MS } from './recent.ts';
import { SINGLE_EVENTS, SINGLES_MS, SWITCH_MS, TREATMENTS_MS } from './treatments-window.ts';

const HOUR = 3_600_000;
/** Texts of times are compared as text; one with an offset may stand up to 14 h from where its instant is. */
const SLACK_MS = 24 * HOUR;
/** How many of the latest of each single event are remembered. */
const SINGLES_KEPT = 100;

/** ISO text is compared letter by letter, which holds for years of four digits. */
const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

const iso = (ms: number): string => new Date(Math.min(Math.max(ms, FIRST), LAST)).toISOString();

/**
 * Reads the recent past from storage (socket-v1.md §12.1); what is read may be a little more than is shown.
 * @param now epoch ms
 * @param take called with each document, in no order between the queries; the same one may come twice
 * @param until epoch ms, to read the past as it stood then; default: no end, so that documents of the future come too
 * @throws Refusal of the storage
 */
export async function load(
  storage: Storage,
  config: Config,
  now: number,
  take: (collection: CollectionName, doc: Doc & { _id: string }) => void,
  until?: number
): Promise<void> {
  for (const [collection, query] of queries(config, now, until)) {
    for await (const batch of storage.find(collection, query))
      for (const { doc } of batch) take(collection, doc as Doc & { _id: string });
  }
}

function queries(config: Config, now: number, until?: number): (readonly [CollectionName, Query])[] {
  const end = until === undefined ? {} : { $lte: until };
  const isoEnd = until === undefined ? {} : { $lte: iso(until) };
  const single = (eventType: string, ageMs: number, more: Doc = {}): readonly [CollectionName, Query] => [
    'treatments',
    {
      filter: { eventType, ...more, created_at: { $gte: iso(now - ageMs), ...isoEnd } },
      sort: [['created_at', -1]],
      limit: SINGLES_KEPT
    }
  ];
  return [
    ['entries', { filter: { date: { $gte: now - ENTRIES_MS, ...end } }, sort: [['date', 1]] }],
    ...since('treatments', now - TREATMENTS_MS, until),
    single('Profile Switch', SWITCH_MS, { duration: 0 }),
    ...SINGLE_EVENTS.map((eventType) => single(eventType, SINGLES_MS)),
    ...since('devicestatus', now - config.devicestatusHours * HOUR, until),
    ...since('activity', now - ENTRIES_MS, until),
    ['profile', { filter: until === undefined ? {} : { startDate: isoEnd }, sort: [['startDate', -1]], limit: PROFILES_KEPT }],
    ['food', { filter: {} }]
  ];
}

/** Times are stored as ISO text by most, as a number by some, and some documents have only `date`. */
function since(collection: CollectionName, from: number, until?: number): (readonly [CollectionName, Query])[] {
  const end = until === undefined ? {} : { $lte: until };
  const textEnd = until === undefined ? {} : { $lte: iso(until + SLACK_MS) };
  return [
    [collection, { filter: { created_at: { $gte: iso(from - SLACK_MS), ...textEnd } }, sort: [['created_at', 1]] }],
    [collection, { filter: { created_at: { $gte: from, ...end } }, sort: [['created_at', 1]] }],
    [collection, { filter: { date: { $gte: from, ...end } }, sort: [['date', 1]] }]
  ];
}
