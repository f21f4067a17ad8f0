import { V3_COLLECTIONS } from '../collections/v3-document.ts';
import { StorageChange, StorageDelete, StorageSubscribe, StorageSubscribed } from './shapes/socket-storage.ts';
import type { SocketNamespace } from './sockets.ts';

const example = {
  colName: 'treatments',
  doc: {
    identifier: '95e1a6e3-1146-5d6a-a3f1-41567cae0895',
    date: 1795330956200,
    app: 'AAPS',
    eventType: 'Temp Basal',
    duration: 30,
    absolute: 1,
    utcOffset: 0,
    created_at: '2026-11-22T07:02:36.200Z',
    srvModified: 1795330959873,
    srvCreated: 1795330959873,
    subject: 'aaps'
  }
};

/** `/storage`: who wants documents as they are written. */
export const STORAGE_NAMESPACE: SocketNamespace = {
  key: 'storage',
  address: '/storage',
  title: 'Changes of documents',
  summary:
    'For apps that keep a copy of the documents, such as AAPS: every stored change, one by one, whichever door it came in by (REST v1, v2, v3 or the root namespace), right after it was committed.',
  authorisation:
    'Nobody needs credentials to connect; changes come to those who `subscribe` with the access token of a subject. For each collection it takes `api:<collection>:read`, for settings `api:settings:admin`. There is no anonymous subscription, not even on a site everybody may read. A right that is taken away ends the subscription at once. Wrong tokens slow down everything from the same address.',
  limitations: [
    `Only the collections ${V3_COLLECTIONS.join(', ')}. Changes of activity are not told here.`,
    'Entries, treatments and device statuses that an import brings are told only when they were changed in the last three days; `history` has the others.',
    'Nothing is repeated: who was away asks REST v3 for `lastModified` and `history` after each connect.',
    'No conditions, no fields to choose, no `unsubscribe`; a further `subscribe` adds collections.',
    'It only tells. Documents are written through REST or the root namespace.',
    'The writer hears of its own changes as well.'
  ],
  events: [
    {
      name: 'subscribe',
      from: 'client',
      summary: 'Asks to be told of changes',
      payload: StorageSubscribe,
      example: { accessToken: 'phone-1a2b3c4d5e6f7a8b', collections: ['treatments', 'entries'] },
      answer: StorageSubscribed,
      answerExample: { success: true, collections: ['treatments', 'entries'] }
    },
    { name: 'create', from: 'server', summary: 'A document was stored', payload: StorageChange, example },
    {
      name: 'update',
      from: 'server',
      summary: 'A document was changed or replaced',
      description: 'It carries the whole document, also where only some fields were set.',
      payload: StorageChange,
      example: { ...example, doc: { ...example.doc, absolute: 1.2, srvModified: 1795330960440, modifiedBy: 'aaps' } }
    },
    {
      name: 'delete',
      from: 'server',
      summary: 'A document was deleted',
      description: 'Marked as deleted or removed for good.',
      payload: StorageDelete,
      example: { colName: 'treatments', identifier: example.doc.identifier }
    }
  ]
};
