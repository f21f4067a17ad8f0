import type { StoreName } from './port.ts';

/** Identity keys that few documents carry: indexed only where present. */
const OWN_IDS = [['identifier'], ['syncIdentifier'], ['NSCLIENT_ID'], ['uuid'], ['id'], ['pumpId']] as const;

/**
 * The indexes of every collection, in order of their fields: each identity key the commit path looks up and each time field
 * the APIs filter and sort by. Both stores build exactly these.
 */
export const INDEXES: Readonly<Record<StoreName, readonly (readonly string[])[]>> = {
  entries: [['date', 'type'], ['type', 'date'], ['dateString'], ['sysTime', 'type'], ['srvModified'], ...OWN_IDS],
  treatments: [['created_at', 'eventType'], ['eventType', 'created_at'], ['date'], ['srvModified'], ...OWN_IDS],
  devicestatus: [['created_at', 'device'], ['date'], ['srvModified'], ['identifier'], ['NSCLIENT_ID']],
  profile: [['startDate'], ['created_at'], ['date'], ['srvModified'], ['identifier'], ['NSCLIENT_ID']],
  food: [['created_at'], ['type'], ['srvModified'], ...OWN_IDS],
  activity: [['created_at'], ['date'], ['srvModified'], ...OWN_IDS],
  settings: [['srvModified'], ['identifier']],
  subjects: [['name']],
  roles: [['name']],
  tombstones: [['collection', 'srvModified'], ['identifier']],
  state: []
};
