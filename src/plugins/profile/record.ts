import type { Doc } from '../../storage/port.ts';
import { type Fields, fieldsOf, isFields, millsOf, textOf } from '../reading.ts';

/** One named set of therapy values: `dia` (h), `carbs_hr` (g/h), `basal` (U/h), `sens`, `carbratio`, targets in `units`. */
export type ProfileStore = Fields;

/** A profile document ready for look-ups. */
export interface ProfileRecord {
  readonly defaultProfile: string;
  readonly store: Readonly<Record<string, ProfileStore>>;
  /** In force from, epoch ms. */
  readonly mills: number;
  readonly units: string | undefined;
}

/** A document without a start is taken to have always been there. */
const ALWAYS = Date.UTC(1980, 0, 1);

/**
 * Reads profile documents. One from before profiles had names (no `defaultProfile`) becomes a store with the one profile `Default`.
 * @returns one record per document that is an object; malformed stores come out empty
 */
export function readRecords(documents: readonly Doc[]): ProfileRecord[] {
  return documents.filter(isFields).map((document) => {
    const named = textOf(document.defaultProfile);
    const store = named === undefined ? { Default: document } : fieldsOf(document.store);
    return {
      defaultProfile: named ?? 'Default',
      store: Object.fromEntries(Object.entries(store).filter((pair): pair is [string, Fields] => isFields(pair[1]))),
      mills: millsOf(document.startDate) ?? ALWAYS,
      units: textOf(document.units)
    };
  });
}
