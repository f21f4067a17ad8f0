import { json, NOT_MODIFIED, type Route, text } from './route.ts';
import { ENTRIES_ROUTES } from './routes-v1-entries.ts';
import { RECORD_ROUTES } from './routes-v1-records.ts';
import { Problem } from './shapes/errors.ts';
import { PushoverReceipt } from './shapes/push.ts';
import { AdminNotifies, Status, VerifyAuth } from './shapes/status.ts';
import { TestAnswer } from './shapes/v1-answers.ts';
import { AlexaAnswer, AlexaRequest, GoogleAnswer, GoogleRequest } from './shapes/voice.ts';
import { alexa, googlehome } from './v1-parts.ts';

/** API v1, below `/api/v1`; every one of them also answers below `/api/v2`. */
export const ROUTES_V1: readonly Route[] = [
  ...ENTRIES_ROUTES,
  ...RECORD_ROUTES,

  {
    method: 'get',
    path: '/status',
    tag: 'site',
    summary: 'State and public settings of the site',
    description:
      'In the form asked for by `Accept` or the extension: `/status.json` for apps. A page when the caller does not care.',
    permissions: ['api:status:read'],
    answers: {
      200: {
        description: 'The status.',
        content: { 'application/json': Status, 'text/html': 'text', 'text/plain': 'text', 'application/javascript': 'text' },
        headers: ['ETag']
      },
      302: { description: 'For images: where a badge can be found.', headers: ['Location'] },
      ...NOT_MODIFIED
    },
    problems: ['NotAcceptable']
  },
  {
    method: 'get',
    path: '/verifyauth',
    tag: 'access',
    summary: 'What the presented credentials are good for',
    description: 'Always 200, with wrong credentials too.',
    permissions: [],
    credentials: 'optional',
    answers: json(VerifyAuth, 'What the caller may.')
  },
  {
    method: 'get',
    path: '/adminnotifies',
    tag: 'site',
    summary: 'Notes for administrators',
    permissions: [],
    credentials: 'optional',
    answers: json(AdminNotifies, 'The notes for administrators, their number for everybody.')
  },
  {
    method: 'get',
    path: '/experiments/test',
    tag: 'access',
    summary: 'Tries credentials',
    permissions: ['authorization:debug:test'],
    answers: json(TestAnswer, 'The credentials are good.')
  },
  {
    method: 'get',
    path: '/notifications/ack',
    tag: 'alarms',
    summary: 'Silences an alarm',
    permissions: [['notifications:*:ack', 'api:treatments:create']],
    parameters: ['level', 'group', 'silence'],
    answers: text('text/plain', '`OK`, also where nothing was to be silenced.')
  },
  {
    method: 'post',
    path: '/notifications/pushovercallback',
    tag: 'alarms',
    summary: 'Receipts of Pushover',
    description: 'Called by Pushover, without credentials; only a receipt of a message of this server counts.',
    permissions: [],
    body: PushoverReceipt,
    answers: {
      ...text('text/plain', '`OK`: the alarm is silenced.'),
      500: { description: 'The receipt is not known.', content: { 'text/plain': 'text', 'application/json': Problem } }
    }
  },
  {
    method: 'post',
    path: '/alexa',
    tag: 'voices',
    summary: 'Answers an Alexa skill',
    description: 'Exists with `alexa` in ENABLE. In English, whatever the language of the question.',
    permissions: ['api:*:read'],
    body: AlexaRequest,
    answers: json(AlexaAnswer, 'What is to be said; an empty text at the end of a session.'),
    when: alexa
  },
  {
    method: 'post',
    path: '/googlehome',
    tag: 'voices',
    summary: 'Answers an agent of Dialogflow (Google Home)',
    description: 'Exists with `googlehome` in ENABLE. In English, whatever the language of the question.',
    permissions: ['api:*:read'],
    body: GoogleRequest,
    answers: json(GoogleAnswer, 'What is to be said.'),
    when: googlehome
  }
];
