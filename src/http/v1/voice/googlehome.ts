import type { RequestHandler } from 'express';
import { Refusal } from '../../../errors.ts';
import { fieldsOf, isFields } from '../../../plugins/reading.ts';
import type { V1 } from '../v1.ts';
import { answerTo, presentView } from './conversation.ts';

/** `POST /googlehome`: what an agent of Google's Dialogflow asks (rest-v1-v2 §11.5). */
export function googlehome(v1: V1): RequestHandler {
  return (req, res) => {
    const { queryResult } = fieldsOf(req.body);
    if (!isFields(queryResult)) throw new Refusal('bad-document', 'queryResult is missing');
    const { metric } = fieldsOf(queryResult.parameters);
    const { text, goesOn } = answerTo(fieldsOf(queryResult.intent).displayName, [metric].flat(), presentView(v1));
    res.json({
      payload: { google: { expectUserResponse: goesOn, richResponse: { items: [{ simpleResponse: { textToSpeech: text } }] } } }
    });
  };
}
