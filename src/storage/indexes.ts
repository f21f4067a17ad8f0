import type { StoreName } from './port.ts';

/** Times, which nearly every document has: their indexes hold all documents, so that they also serve sorting without a condition. */
export const TIME_FIELDS: ReadonlySet<string> = new Set([
  'date',
  'created_at',
  'dateString',
  'sysTime',
  'startDate',
  'srvModified'
]);

/** The order v3 lists in when nobody asks for another. */
const V3_ORDER = ['identifier', 'created_at', 'date'] as const;
/** Identity keys that few documents carry: indexed only where present, but for the one that is also an order. */
const OWN_IDS = [V3_ORDER, ['syncIdentifier'], ['NSCLIENT_ID'], ['uuid'], ['id'], ['pumpId']] as const;

/**
 * The indexes of every collection, in order of their fields: each identity key the commit path looks up and each time field
 * the APIs filter and sort by. Both stores build exactly these.
 */
export const INDEXES: Readonly<Record<StoreName, readonly (readonly string[])[]>> = {
  entries: [['date', 'type'], ['type', 'date'], ['dateString'], ['sysTime', 'type'], ['srvModified'], ...OWN_IDS],
  treatments: [['created_at', 'eventType'], ['eventType', 'created_at'], ['date'], ['srvModified'], ...OWN_IDS],
  devicestatus: [['created_at', 'device'], ['date'], ['srvModified'], V3_ORDER, ['NSCLIENT_ID']],
  profile: [['startDate'], ['created_at'], ['date'], ['srvModified'], V3_ORDER, ['NSCLIENT_ID']],
  food: [['created_at'], ['type'], ['srvModified'], ...OWN_IDS],
  activity: [['created_at'], ['date'], ['srvModified'], ...OWN_IDS],
  settings: [['srvModified'], V3_ORDER],
  subjects: [['name']],
  roles: [['name']],
  tombstones: [['collection', 'srvModified'], ['identifier']],
  state: []
};
