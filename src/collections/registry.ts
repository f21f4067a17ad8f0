import type { CollectionName } from '../storage/port.ts';

/** What sets one collection apart from another. */
export interface CollectionRules {
  /** The field the API windows and sorts by: epoch ms for entries, ISO text elsewhere. */
  readonly timeField: 'date' | 'created_at' | 'startDate';
  /** Field that stands in for a missing srvModified (documents written by the reference); none for settings. */
  readonly fallbackDate: 'date' | 'created_at' | undefined;
  /** Fields that together identify a document when no id does (seed §5.2); all must be present. */
  readonly fallbackKey: readonly string[] | undefined;
  /** How much a hard delete leaves behind for HISTORY: all of it (apps classify by the fields), or identities only. */
  readonly tombstone: 'whole' | 'identity';
}

export const REGISTRY: Readonly<Record<CollectionName, CollectionRules>> = {
  entries: { timeField: 'date', fallbackDate: 'date', fallbackKey: ['date', 'type'], tombstone: 'whole' },
  treatments: {
    timeField: 'created_at',
    fallbackDate: 'created_at',
    fallbackKey: ['created_at', 'eventType'],
    tombstone: 'whole'
  },
  devicestatus: {
    timeField: 'created_at',
    fallbackDate: 'created_at',
    fallbackKey: ['created_at', 'device'],
    tombstone: 'identity'
  },
  profile: { timeField: 'startDate', fallbackDate: 'created_at', fallbackKey: ['created_at'], tombstone: 'whole' },
  food: { timeField: 'created_at', fallbackDate: 'created_at', fallbackKey: ['created_at'], tombstone: 'whole' },
  activity: { timeField: 'created_at', fallbackDate: 'created_at', fallbackKey: undefined, tombstone: 'whole' },
  settings: { timeField: 'created_at', fallbackDate: undefined, fallbackKey: undefined, tombstone: 'identity' }
};
