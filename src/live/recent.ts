import type { Config } from '../config/config.ts';
import type { CollectionName, Doc } from '../storage/port.ts';
import { deviceStatus } from './devicestatus.ts';
import { reading } from './entries.ts';
import type { Cal, LiveData, Mbg, Sgv, Timed } from './live.ts';
import { Profiles } from './profiles.ts';
import { instant, millsOf, timed } from './timed.ts';
import { firstAfter, firstNotBefore, Timeline } from './timeline.ts';
import { TreatmentsWindow } from './treatments-window.ts';

const HOUR = 3_600_000;
/** How long readings and activity stay in the live state. */
export const ENTRIES_MS = 48 * HOUR;
/** Dates further ahead than this wait outside: a wrong clock must not be "the latest" for years. */
const AHEAD_MS = 48 * HOUR;
/** What is further ahead than this will not come. */
const ABSURD_MS = 366 * 24 * HOUR;
/** How many such documents are remembered until their time comes. */
const MAX_WAITING = 1000;

type Whole = Doc & { _id: string };
const UNCHANGED = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
const isGlucose = ({ mgdl }: Sgv): boolean => mgdl > 39;

/** The live state before the first load. */
export const NOTHING: LiveData = {
  sgvs: [],
  mbgs: [],
  cals: [],
  treatments: [],
  devicestatus: [],
  profiles: [],
  food: [],
  activity: [],
  dbstats: {},
  lastUpdated: 0,
  lastProfileFromSwitch: null
};

/** The recent past, one committed document at a time. Nothing in here throws for a malformed document: it is left out. */
export class Recent {
  readonly #lists = { sgvs: new Timeline<Sgv>(), mbgs: new Timeline<Mbg>(), cals: new Timeline<Cal>() };
  readonly #treatments = new TreatmentsWindow();
  readonly #devicestatus = new Timeline<Timed>();
  readonly #activity = new Timeline<Timed>();
  readonly #profiles = new Profiles();
  readonly #food = new Map<string, Doc>();
  #foodList: readonly Doc[] | undefined = [];
  readonly #waiting = new Map<string, { collection: CollectionName; doc: Whole; mills: number }>();
  /** span around which readings changed since the last snapshot, epoch ms */
  #changed = UNCHANGED;
  readonly #config: Config;

  constructor(config: Config) {
    this.#config = config;
  }

  /** Takes in a stored document in its present version; `isValid: false` means that it is deleted. */
  put(collection: CollectionName, doc: Whole, now: number): void {
    if (collection === 'food' && doc.isValid !== false) {
      this.#setFood(doc._id, doc);
      return;
    }
    this.drop(collection, doc._id);
    if (doc.isValid === false) return;
    if (collection === 'profile') {
      this.#profiles.put(doc);
      return;
    }
    const mills = collection === 'entries' ? instant(doc.date) : millsOf(doc);
    if (mills === undefined) return;
    if (mills > now + AHEAD_MS) {
      if (mills < now + ABSURD_MS && this.#waiting.size < MAX_WAITING)
        this.#waiting.set(`${collection} ${doc._id}`, { collection, doc, mills });
    } else if (collection === 'entries') {
      // asked first: of a backfill nothing else is looked at
      if (mills >= now - ENTRIES_MS) this.#putEntry(doc);
    } else if (collection === 'treatments') {
      const treatment = timed(doc);
      if (treatment) this.#treatments.put(treatment, now);
    } else if (collection === 'devicestatus') {
      const status = mills >= now - this.#statusMs ? deviceStatus(doc) : undefined;
      if (status) this.#devicestatus.put(status);
    } else if (collection === 'activity') {
      const item = timed(doc);
      if (item && doc.created_at !== undefined && mills >= now - ENTRIES_MS) this.#activity.put(item);
    }
  }

  /** Forgets a document. */
  drop(collection: CollectionName, _id: string): void {
    if (this.#waiting.size > 0) this.#waiting.delete(`${collection} ${_id}`);
    if (collection === 'entries') {
      for (const list of Object.values(this.#lists)) this.#moved(list.get(_id)?.mills);
      for (const list of Object.values(this.#lists)) list.drop(_id);
    } else if (collection === 'treatments') this.#treatments.drop(_id);
    else if (collection === 'devicestatus') this.#devicestatus.drop(_id);
    else if (collection === 'activity') this.#activity.drop(_id);
    else if (collection === 'profile') this.#profiles.drop(_id);
    else if (collection === 'food') this.#setFood(_id, undefined);
  }

  /** Lets go of what has become too old, and takes in what waited for its time. */
  age(now: number): void {
    for (const list of Object.values(this.#lists)) list.dropBefore(now - ENTRIES_MS);
    this.#devicestatus.dropBefore(now - this.#statusMs);
    this.#activity.dropBefore(now - ENTRIES_MS);
    for (const { collection, doc, mills } of [...this.#waiting.values()])
      if (mills <= now + AHEAD_MS) this.put(collection, doc, now);
  }

  /** The state as it is now. Lists that did not change are the same arrays as in the snapshot before. */
  snapshot(now: number, dbstats: LiveData['dbstats']): LiveData {
    const [sgvs, mbgs, cals] = [this.#lists.sgvs.list(), this.#lists.mbgs.list(), this.#lists.cals.list()];
    const { units, enable } = this.#config.settings;
    this.#treatments.settle(now);
    const { from, to } = this.#around(sgvs);
    this.#treatments.place({ sgvs, rawCal: enable.includes('rawbg') ? cals.at(-1) : undefined, displayUnits: units }, from, to);
    this.#foodList ??= [...this.#food.values()];
    return {
      sgvs,
      mbgs,
      cals,
      treatments: this.#treatments.list(),
      devicestatus: this.#devicestatus.list(),
      profiles: this.#profiles.newest(now + AHEAD_MS),
      food: this.#foodList,
      activity: this.#activity.list(),
      dbstats,
      lastUpdated: now,
      lastProfileFromSwitch: this.#treatments.profileAt(now)
    };
  }

  get #statusMs(): number {
    return this.#config.devicestatusHours * HOUR;
  }

  #putEntry(doc: Whole): void {
    const found = reading(doc, this.#config.obscureDeviceProvenance);
    if (!found) return;
    if (found.list === 'sgvs') this.#lists.sgvs.put(found.item);
    else if (found.list === 'mbgs') this.#lists.mbgs.put(found.item);
    else this.#lists.cals.put(found.item);
    this.#moved(found.item.mills);
  }

  #setFood(_id: string, doc: Doc | undefined): void {
    if (doc) this.#food.set(_id, doc);
    else if (!this.#food.delete(_id)) return;
    this.#foodList = undefined;
  }

  #moved(mills: number | undefined): void {
    if (mills === undefined) return;
    this.#changed = { from: Math.min(this.#changed.from, mills), to: Math.max(this.#changed.to, mills) };
  }

  /** Treatments in this span (epoch ms) may have got another neighbour; an empty span when no reading changed. */
  #around(sgvs: readonly Sgv[]): { from: number; to: number } {
    const { from, to } = this.#changed;
    this.#changed = UNCHANGED;
    if (from > to) return UNCHANGED;
    const before = sgvs.slice(0, firstNotBefore(sgvs, from)).findLast(isGlucose);
    const after = sgvs.slice(firstAfter(sgvs, to)).find(isGlucose);
    return { from: before?.mills ?? Number.NEGATIVE_INFINITY, to: after?.mills ?? Number.POSITIVE_INFINITY };
  }
}
