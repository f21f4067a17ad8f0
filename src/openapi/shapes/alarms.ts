import * as z from 'zod';
import { mills } from './common.ts';

const alarm = z.strictObject({
  level: z.number().int().describe('2 urgent, 1 warning, 0 an announcement.'),
  group: z.string().describe('Alarms are silenced per level and group.'),
  title: z.string(),
  message: z.string().describe("Lines of text; glucose in the site's units."),
  eventName: z.string().optional().describe('`high`, `low` and others.'),
  isAnnouncement: z.boolean().optional(),
  silentUntil: mills.optional().describe('Silenced until then; absent: it sounds.'),
  snoozeMinutes: z
    .array(z.number())
    .describe('For how long it may be snoozed by the settings, the usual one first; empty for announcements.')
});

/** Answer of `/alarms`. */
export const Alarms = z
  .strictObject({
    now: mills.describe("The server's clock."),
    at: mills.nullable().describe('When the alarms were worked out; `null`: not known, so an empty list says nothing.'),
    mayAck: z.boolean().describe('Whether whoever asks may silence them.'),
    alarms: z.array(alarm).describe('The most urgent of each group, and every announcement.')
  })
  .meta({
    id: 'Alarms',
    description: 'The alarms there are.',
    examples: [
      {
        now: 1795330217388,
        at: 1795330216900,
        mayAck: true,
        alarms: [
          {
            level: 2,
            group: 'default',
            title: 'Urgent LOW',
            message: 'BG Now: 50 -4 ↘ mg/dl\nIOB: 1.25U',
            eventName: 'low',
            snoozeMinutes: [15, 30, 45]
          }
        ]
      }
    ]
  });
