import type { Timed } from '../../live/live.ts';
import { type Fields, isFields, numberOf, textOf } from '../reading.ts';
import type { ProfileRecord, ProfileStore } from './record.ts';

/** The profile in force at an instant. */
export interface ActiveProfile {
  readonly name: string;
  readonly store: ProfileStore;
  readonly record: ProfileRecord;
  /** The switch that put it in force, if any. */
  readonly byTreatment: Timed | undefined;
}

/**
 * Which profile was in force at `t` (epoch ms).
 * The last switch in order that has begun and not ended wins, so a temporary one beats the permanent one before it and gives way when
 * it ends. A switch from before the profile document is not looked at: the document is the newer word.
 * @param records from {@link readRecords}
 * @param switches Profile Switch treatments with their durations already cut, ascending
 */
export function profileAt(records: readonly ProfileRecord[], switches: readonly Timed[], t: number): ActiveProfile | undefined {
  const record = records.find((candidate) => candidate.mills <= t) ?? records[0];
  if (!record) return undefined;
  const byTreatment = switches.findLast((treatment) => covers(treatment, t) && treatment.mills >= record.mills);
  const switched = byTreatment ? switchedStore(record, byTreatment) : undefined;
  const name = switched?.name ?? record.defaultProfile;
  const store = switched?.store ?? ownEntry(record.store, name);
  return store ? { name, store, record, byTreatment } : undefined;
}

function covers(treatment: Timed, t: number): boolean {
  const minutes = numberOf(treatment.duration) ?? 0;
  return treatment.mills <= t && (minutes === 0 || t < treatment.mills + minutes * 60_000);
}

/** AAPS sends the profile along as JSON text; it counts when the store has none of that name. */
function switchedStore(record: ProfileRecord, treatment: Timed): { name: string; store: ProfileStore } | undefined {
  const name = textOf(treatment.profile);
  if (name === undefined) return undefined;
  const stored = ownEntry(record.store, name);
  if (stored) return { name, store: stored };
  const sent = sentStore(treatment);
  return sent ? { name: `${name}@@@@@${treatment.mills}`, store: sent } : undefined;
}

const parsed = new WeakMap<Timed, ProfileStore | null>();

/** The profile a switch carries, read once per switch: it is asked for with every value. */
function sentStore(treatment: Timed): ProfileStore | undefined {
  let store = parsed.get(treatment);
  if (store === undefined) {
    store = parseStore(treatment.profileJson) ?? null;
    parsed.set(treatment, store);
  }
  return store ?? undefined;
}

function parseStore(json: unknown): Fields | undefined {
  if (isFields(json)) return json;
  if (typeof json !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function ownEntry(store: ProfileRecord['store'], name: string): ProfileStore | undefined {
  return Object.hasOwn(store, name) ? store[name] : undefined;
}
