import type { Doc } from '../storage/port.ts';

/** A glucose reading as the root socket shows it: always mg/dl, `mills` epoch ms. */
export interface Sgv {
  _id: string;
  mgdl: number;
  mills: number;
  device?: string;
  direction?: string;
  filtered?: number;
  unfiltered?: number;
  noise?: number;
  rssi?: number;
  type: 'sgv';
}
export interface Mbg {
  _id: string;
  mgdl: number;
  mills: number;
  device?: string;
  type: 'mbg';
}
export interface Cal {
  _id: string;
  mills: number;
  scale?: number;
  intercept?: number;
  slope?: number;
  type: 'cal';
}

/** A treatment or device status with its time worked out: `mills` always, `endmills` where it has a duration (epoch ms). */
export type Timed = Doc & { _id: string; mills: number; endmills?: number };

/**
 * The recent past in memory (socket-v1.md §12–13): sgvs, mbgs and cals of 48 h, treatments of 60 h plus the latest single
 * events and profile switch, device statuses of 24 or 48 h, the newest profile, all food, activity of 48 h. Lists ascend by `mills`.
 */
export interface LiveData {
  readonly sgvs: readonly Sgv[];
  readonly mbgs: readonly Mbg[];
  readonly cals: readonly Cal[];
  readonly treatments: readonly Timed[];
  readonly devicestatus: readonly Timed[];
  /** None or one. */
  readonly profiles: readonly Doc[];
  readonly food: readonly Doc[];
  readonly activity: readonly Timed[];
  readonly dbstats: { dataSize?: number; indexSize?: number };
  /** Instant of the last change taken in, epoch ms. */
  readonly lastUpdated: number;
  /** Name of the permanent profile switch in force, or null. */
  readonly lastProfileFromSwitch: string | null;
}

/** Live state: fed by the bus, rebuilt from storage at start, never reloaded in between (D19). */
export interface Live {
  /** The present state; replaced, never changed in place, so a reader may keep it. */
  data(): LiveData;
  /** `booting` until the first load is complete, then `loaded`. */
  state(): 'booting' | 'loaded';
  /** Called after each change or ageing-out was taken in, with the state before and after. @returns unsubscribe */
  onChange(owner: string, listener: (before: LiveData, after: LiveData) => void): () => void;
  close(): Promise<void>;
}
