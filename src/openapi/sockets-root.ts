import type { Config } from '../config/config.ts';
import { AlarmAck } from './shapes/socket-alarm.ts';
import * as shapes from './shapes/socket-root.ts';
import type { SocketNamespace } from './sockets.ts';
import { ALARM_FAMILY } from './sockets-alarm.ts';

const _id = '6921a3c9d2f1b7a5e4c3b2a1';
const done = { answer: shapes.DbDone, answerExample: { result: 'success' } };
const sgv = { _id, mgdl: 112, mills: 1795330217388, device: 'xDrip-DexcomG6', direction: 'Flat', type: 'sgv' };
const treatment = { eventType: 'Carb Correction', created_at: '2026-11-22T06:50:17.388Z', carbs: 12, enteredBy: 'web' };
/** `/`: who wants the recent past and what changes in it. */
export const rootNamespace = ({
  socketWrites,
  devicestatusHours
}: Pick<Config, 'socketWrites' | 'devicestatusHours'>): SocketNamespace => ({
  key: 'root',
  address: '/',
  title: 'The recent past, live',
  summary:
    'For displays and followers: the readings, treatments and device statuses of the last days in one packet, then every change of them; and for apps that write over a socket.',
  authorisation:
    'Nobody needs credentials to connect; everything else follows `authorize`. Reading takes `api:*:read`, writing `api:*:create,update,delete`, writing treatments `api:treatments:create,update,delete`, silencing alarms `notifications:*:ack` or `api:treatments:create`. Without credentials a socket has the rights of AUTH_DEFAULT_ROLES. Wrong ones disconnect it, and slow down everything from the same address. Rights that are taken away end at once.',
  limitations: [
    `Readings of 48 hours, treatments of 60 hours (and the latest of each kind of change, whatever its age), device statuses of ${devicestatusHours} hours, the newest profile record. Who needs more asks REST.`,
    'Foods are in the full packet only; activity in none.',
    'Documents are shown as displays need them: readings always in mg/dl with `mills`, without fields a display has no use for. Who keeps a copy of the documents is better served by `/storage`.',
    'Nothing is repeated: after a connect, `authorize` brings the full packet again.',
    `Writes: ${socketWrites.burst} at once, then ${socketWrites.perSecond} per second and socket. Over that the answer is {"result":"Too many requests","retryAfter":<seconds>} and nothing is written.`,
    '`authorize` and `loadRetro`: 20 at once, then one per second and socket.',
    'Alarms are repeated here for clients that know no other namespace; `/alarm` has them as well.',
    'A frame is at most 1 MB.'
  ],
  events: [
    {
      name: 'authorize',
      from: 'client',
      summary: 'Says who one is, and asks for data',
      description: 'Must come first. Whoever may read gets `connected`, a full `dataUpdate`, and from then on every change.',
      payload: shapes.Authorize,
      example: { client: 'web', secret: 'b0212be2cc6081fba3e0b6f3dc6e0109d6f7b4cb', status: true },
      answer: shapes.Rights,
      answerExample: { read: true, write: true, write_treatment: true }
    },
    {
      name: 'loadRetro',
      from: 'client',
      summary: 'Asks for the device statuses of the last day',
      description: '`retroUpdate` brings them.',
      answer: shapes.RetroAnswer,
      answerExample: { result: 'success' }
    },
    {
      name: 'dbAdd',
      from: 'client',
      summary: 'Stores a document',
      description:
        'A treatment of the same kind within two seconds counts as the same one, unless their own ids differ. The answer comes after the commit.',
      payload: shapes.DbAdd,
      example: { collection: 'treatments', data: treatment },
      answer: shapes.DbAdded,
      answerExample: [{ ...treatment, _id }]
    },
    {
      name: 'dbUpdate',
      from: 'client',
      summary: 'Sets fields of a document',
      payload: shapes.DbUpdate,
      example: { collection: 'treatments', _id, data: { carbs: 15 } },
      ...done
    },
    {
      name: 'dbUpdateUnset',
      from: 'client',
      summary: 'Takes fields of a document away',
      payload: shapes.DbUpdate,
      example: { collection: 'treatments', _id, data: { notes: 1 } },
      ...done
    },
    {
      name: 'dbRemove',
      from: 'client',
      summary: 'Deletes a document',
      payload: shapes.DbRemove,
      example: { collection: 'treatments', _id },
      ...done
    },
    {
      name: 'ack',
      from: 'client',
      summary: 'Silences an alarm',
      description: 'Without answer; `clear_alarm` tells everybody.',
      payload: AlarmAck,
      example: [2, 'default', 1_800_000]
    },
    {
      name: 'clients',
      from: 'server',
      summary: 'How many sockets are connected',
      description: 'To everybody, with each connect and disconnect.',
      payload: shapes.ClientCount,
      example: 3
    },
    { name: 'connected', from: 'server', summary: '`authorize` was understood' },
    {
      name: 'dataUpdate',
      from: 'server',
      summary: 'The recent past, or what changed in it',
      description: 'The first one is full. Those with `delta` carry only what changed; what is gone comes as `action: "remove"`.',
      payload: shapes.DataUpdate,
      example: {
        delta: true,
        lastUpdated: 1795330217420,
        sgvs: [sgv],
        treatments: [{ _id, mills: 1795330000000, action: 'remove' }]
      }
    },
    {
      name: 'retroUpdate',
      from: 'server',
      summary: 'The device statuses of the last day',
      payload: shapes.RetroUpdate,
      example: { devicestatus: [{ _id, mills: 1795330217388, device: 'loop://iPhone', uploader: { battery: 71 } }] }
    },
    ...ALARM_FAMILY
  ]
});
