import * as z from 'zod';

/** What `subscribe` says on `/alarm`. */
export const AlarmSubscribe = z
  .looseObject({
    accessToken: z.string().nullish().describe('An access token; then nothing else counts.'),
    secret: z.string().nullish().describe('SHA-1 of the API secret as hexadecimal digits, or an access token.'),
    jwtToken: z.string().nullish().describe('JWT.')
  })
  .meta({ id: 'AlarmSubscribe', description: 'Who listens; without anything, an anonymous visitor.' });

/** Answer to it. */
export const AlarmSubscribed = z
  .union([
    z.strictObject({
      success: z.literal(true),
      message: z.literal('Subscribed for alarms'),
      read: z.boolean().optional().describe('Whether everything may be read.'),
      ack: z.boolean().optional().describe('Whether alarms may be silenced.')
    }),
    z.strictObject({ success: z.literal(false), message: z.literal('Missing or bad accessToken') }),
    z.strictObject({
      success: z.literal(false),
      message: z.literal('Too many requests'),
      retryAfter: z.int().describe('Seconds.')
    })
  ])
  .meta({ id: 'AlarmSubscribed', description: 'Whether the credentials are good.' });

/** What `ack` says, on any namespace that takes it. */
export const AlarmAck = z
  .array(z.union([z.number(), z.string()]))
  .min(1)
  .max(3)
  .meta({
    id: 'AlarmAck',
    description: 'Three arguments: `level` (1 warning, 2 urgent), `group` (`default`), for how long to be silent (milliseconds).'
  });

/** What the alarm family says. */
export const AlarmNotification = z
  .looseObject({
    level: z.number().optional().describe('2 urgent, 1 warning, 0 information.'),
    title: z.string().optional(),
    message: z.string().optional(),
    group: z.string().optional().describe('To be sent back with `ack`.'),
    plugin: z.unknown(),
    eventName: z.string().optional(),
    isAnnouncement: z.boolean().optional(),
    key: z.string().optional().describe('The same for repeats of the same alarm.'),
    clear: z.literal(true).optional().describe('Of `clear_alarm`.')
  })
  .meta({
    id: 'AlarmNotification',
    description: 'An alarm, announcement or notification; texts in the language and units of the site.'
  });
