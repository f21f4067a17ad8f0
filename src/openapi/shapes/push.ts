import * as z from 'zod';
import { dateText, numberOrText } from './common.ts';

/** Body of `/notifications/loop`. */
export const LoopCommand = z
  .looseObject({
    eventType: z
      .enum(['Temporary Override', 'Temporary Override Cancel', 'Remote Carbs Entry', 'Remote Bolus Entry'])
      .describe('Which command.'),
    reason: z.string().optional().describe('Name of the override.'),
    reasonDisplay: z.string().optional().describe('How the override is called in the message.'),
    duration: numberOrText.optional().describe('Of the override, minutes; 0 or nothing: until it is cancelled.'),
    remoteCarbs: numberOrText.optional().describe('g'),
    remoteAbsorption: numberOrText.optional().describe('Hours; 3 when absent.'),
    remoteBolus: numberOrText.optional().describe('U'),
    otp: numberOrText.optional().describe('One-time password the phone checks.'),
    created_at: dateText.optional().describe('When the carbs are eaten.'),
    notes: z.string().nullish(),
    enteredBy: z.string().nullish()
  })
  .meta({
    id: 'LoopCommand',
    description: 'A remote command for Loop. Numbers may be plain decimal text.',
    examples: [{ eventType: 'Remote Carbs Entry', remoteCarbs: 20, remoteAbsorption: 3, otp: '123456', enteredBy: 'Mum' }]
  });

/** Body of `/notifications/pushovercallback`. */
export const PushoverReceipt = z
  .looseObject({ receipt: z.string().optional().describe('Of a message this server sent.') })
  .meta({ id: 'PushoverReceipt', description: 'Pushover tells that somebody acknowledged an emergency message.' });
