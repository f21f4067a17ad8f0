import { AlarmAck, AlarmNotification, AlarmSubscribe, AlarmSubscribed } from './shapes/socket-alarm.ts';
import type { SocketEvent, SocketNamespace } from './sockets.ts';

const high = {
  level: 1,
  title: 'Warning HIGH',
  message: 'BG Now: 200 +10 → mg/dl',
  eventName: 'high',
  group: 'default',
  key: 'simplealarms_1'
};

/** What the server says about alarms, on `/alarm` and, for those who read, on `/`. */
export const ALARM_FAMILY: readonly SocketEvent[] = [
  { name: 'alarm', from: 'server', summary: 'A warning', payload: AlarmNotification, example: high },
  {
    name: 'urgent_alarm',
    from: 'server',
    summary: 'An urgent alarm',
    payload: AlarmNotification,
    example: { ...high, level: 2, title: 'Urgent HIGH', key: 'simplealarms_2' }
  },
  {
    name: 'announcement',
    from: 'server',
    summary: 'An announcement',
    payload: AlarmNotification,
    example: { level: 0, title: 'Announcement', message: 'hello', group: 'Announcement', isAnnouncement: true }
  },
  {
    name: 'notification',
    from: 'server',
    summary: 'A notification without alarm',
    payload: AlarmNotification,
    example: { level: 0, title: 'Note', message: 'Notes: a note', group: 'default' }
  },
  {
    name: 'clear_alarm',
    from: 'server',
    summary: 'An alarm is over or was silenced',
    payload: AlarmNotification,
    example: { clear: true, title: 'All Clear', message: "default - Urgent was ack'd", group: 'default' }
  }
];

/** `/alarm`: who wants alarms only. */
export const ALARM_NAMESPACE: SocketNamespace = {
  key: 'alarm',
  address: '/alarm',
  title: 'Alarms and announcements',
  summary:
    'For apps and pages that wake people: alarms, announcements and notifications as they are raised, repeated and cleared.',
  authorisation:
    'Nobody needs credentials to connect; alarms come to those who `subscribe` and may read: `api:*:read`, or both `api:entries:read` and `api:treatments:read`. Apps come with an access token, pages with the SHA-1 of the API secret or a JWT, or as anonymous visitors with the rights of AUTH_DEFAULT_ROLES. Silencing takes `notifications:*:ack` or `api:treatments:create`. Rights that are taken away end at once. Wrong credentials slow down everything from the same address.',
  limitations: [
    'An alarm is sent again and again as long as it holds and nobody has silenced it.',
    'A successful `subscribe` does not mean that alarms will come: look at `read`. With an access token the answer does not say.',
    'Past alarms are not told to those who come later.',
    'There are no documents here, and nothing can be chosen.',
    '`subscribe` and `ack`: 20 at once, then one per second and socket.'
  ],
  events: [
    {
      name: 'subscribe',
      from: 'client',
      summary: 'Asks to be told of alarms',
      payload: AlarmSubscribe,
      example: { accessToken: 'phone-1a2b3c4d5e6f7a8b' },
      answer: AlarmSubscribed,
      answerExample: { success: true, message: 'Subscribed for alarms' }
    },
    {
      name: 'ack',
      from: 'client',
      summary: 'Silences an alarm',
      description: 'Without answer; `clear_alarm` tells everybody.',
      payload: AlarmAck,
      example: [2, 'default', 1_800_000]
    },
    ...ALARM_FAMILY
  ]
};
