import type { RequestHandler } from 'express';
import { Refusal } from '../../../errors.ts';
import { fieldsOf, isFields } from '../../../plugins/reading.ts';
import type { V1 } from '../v1.ts';
import { ASK, answerTo, GREETING, presentView, type Spoken } from './conversation.ts';

/** `POST /alexa`: what an Alexa skill asks (rest-v1-v2 §11.5). The end of a session is answered with an empty text. */
export function alexa(v1: V1): RequestHandler {
  return (req, res) => {
    const { request } = fieldsOf(req.body);
    if (!isFields(request)) throw new Refusal('bad-document', 'request is missing');
    switch (request.type) {
      case 'SessionEndedRequest':
        res.json('');
        return;
      case 'LaunchRequest':
        res.json(spell(isFields(request.intent) ? answer(v1, request.intent) : GREETING));
        return;
      case 'IntentRequest':
        if (!isFields(request.intent)) throw new Refusal('bad-document', 'request.intent is missing');
        res.json(spell(answer(v1, request.intent)));
        return;
      default:
        // the reference never answers this one
        throw new Refusal('bad-document', 'request.type must be LaunchRequest, IntentRequest or SessionEndedRequest');
    }
  };
}

function answer(v1: V1, intent: Readonly<Record<string, unknown>>): Spoken {
  return answerTo(intent.name, spellings(fieldsOf(intent.slots).metric), presentView(v1));
}

/** What Alexa took the word for (the skill's own names), then what it heard. */
function spellings(slot: unknown): unknown[] {
  const { value, resolutions } = fieldsOf(slot);
  const authorities = fieldsOf(resolutions).resolutionsPerAuthority;
  const taken = (Array.isArray(authorities) ? authorities : []).flatMap((authority) => {
    const { values } = fieldsOf(authority);
    return (Array.isArray(values) ? values : []).map((match) => fieldsOf(fieldsOf(match).value));
  });
  return [...taken.flatMap(({ id, name }) => [id, name]), value];
}

function spell({ title, text, goesOn }: Spoken): object {
  return {
    version: '1.0',
    response: {
      outputSpeech: { type: 'PlainText', text },
      card: { type: 'Simple', title, content: text },
      reprompt: { outputSpeech: { type: 'PlainText', text: ASK } },
      shouldEndSession: !goesOn
    }
  };
}
