import * as z from 'zod';

const text = z.strictObject({ type: z.literal('PlainText'), text: z.string() });

/** Body of `/alexa`: what Amazon sends, of which little is looked at. */
export const AlexaRequest = z
  .looseObject({
    request: z.looseObject({
      type: z.enum(['LaunchRequest', 'IntentRequest', 'SessionEndedRequest']),
      intent: z.looseObject({ name: z.string(), slots: z.looseObject({}).optional() }).optional()
    })
  })
  .meta({
    id: 'AlexaRequest',
    description: 'A question to a skill.',
    examples: [
      { request: { type: 'IntentRequest', intent: { name: 'MetricNow', slots: { metric: { name: 'metric', value: 'bg' } } } } }
    ]
  });

/** Answer of `/alexa`. */
export const AlexaAnswer = z
  .union([
    z.literal(''),
    z.strictObject({
      version: z.literal('1.0'),
      response: z.strictObject({
        outputSpeech: text,
        card: z.strictObject({ type: z.literal('Simple'), title: z.string(), content: z.string() }),
        reprompt: z.strictObject({ outputSpeech: text }),
        shouldEndSession: z.boolean()
      })
    })
  ])
  .meta({ id: 'AlexaAnswer', description: 'What Alexa says.' });

/** Body of `/googlehome`: what Dialogflow sends, of which little is looked at. */
export const GoogleRequest = z
  .looseObject({
    queryResult: z.looseObject({
      intent: z.looseObject({ displayName: z.string() }).optional(),
      parameters: z.looseObject({ metric: z.union([z.string(), z.array(z.string())]).optional() }).optional()
    })
  })
  .meta({
    id: 'GoogleRequest',
    description: 'A question to an agent.',
    examples: [{ queryResult: { intent: { displayName: 'MetricNow' }, parameters: { metric: 'bg' }, languageCode: 'en' } }]
  });

/** Answer of `/googlehome`. */
export const GoogleAnswer = z
  .strictObject({
    payload: z.strictObject({
      google: z.strictObject({
        expectUserResponse: z.boolean(),
        richResponse: z.strictObject({
          items: z.array(z.strictObject({ simpleResponse: z.strictObject({ textToSpeech: z.string() }) }))
        })
      })
    })
  })
  .meta({ id: 'GoogleAnswer', description: 'What Google Home says.' });
