import * as z from 'zod';
import { REASONS } from '../../uploads/refusals.ts';
import { mills } from './common.ts';

const fact = z
  .strictObject({
    at: mills.optional().describe('When it came in; absent: before this server started.'),
    mills: mills.optional().describe('Its own time.')
  })
  .optional();

const App = z.strictObject({
  app: z
    .string()
    .describe('The app, else the device or the library it speaks with.')
    .meta({ examples: ['Loop'] }),
  device: z.string().optional(),
  doors: z.array(z.string()).describe('Where it came in since the start: `v1`, `v2`, `v3`, `root` (socket).'),
  reading: fact.describe('The newest glucose.'),
  treatment: fact.describe('The newest treatment.'),
  deviceStatus: fact.describe('The newest device status.'),
  other: fact.describe('The newest of everything else: profiles, food, activity, settings.'),
  clock: z
    .strictObject({
      state: z.enum(['ahead', 'late']).describe('`late`: its clock is behind, or its data comes late.'),
      byMs: z.number().describe('Milliseconds.')
    })
    .optional()
    .describe('How far the dates of the app are from the clock of the server; absent: near enough.'),
  userAgent: z.string().optional().describe('For administrators.'),
  address: z.string().optional().describe('For administrators.')
});

const Refused = z.strictObject({
  app: z.string(),
  door: z.string(),
  reason: z.enum(REASONS),
  what: z
    .string()
    .describe('What was asked for; `…` stands for what is not repeated.')
    .meta({ examples: ['POST /api/v1/entries'] }),
  detail: z.string().optional().describe('The sentence of the refusal.'),
  address: z.string(),
  firstAt: mills,
  at: mills.describe('The last time.'),
  count: z.number()
});

/** Answer of `/uploads`. */
export const UploadsView = z
  .strictObject({
    now: mills.describe('The clock of the server.'),
    since: mills.describe('When this process began to watch.'),
    apps: z.array(App).describe('Latest first.'),
    glucose: z
      .strictObject({
        from: mills,
        readings: z.number(),
        last: mills.optional(),
        gaps: z.array(z.strictObject({ from: mills, to: mills }))
      })
      .describe('The last 24 hours; gaps are pauses of more than 15 minutes.'),
    refused: z.array(Refused).optional().describe('For administrators; newest first.')
  })
  .meta({ id: 'UploadsView', description: 'Which app sent what last, and what was refused.' });
