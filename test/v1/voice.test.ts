import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createChecker, documentOf } from '../openapi/kit.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { type Answer, call, tokenFor } from './call.ts';

// rest-v1-v2.md §11.5, §15 row 49
const START = Date.parse('2026-11-23T12:00:00Z');
const MINUTE = 60_000;
const ENABLE = 'alexa googlehome iob cob loop openaps pump';
const clock = { now: START };
const at = (minutesAgo: number): string => new Date(START - minutesAgo * MINUTE).toISOString();
const checker = createChecker(documentOf({ ENABLE }));

const sgv = (minutesAgo: number, value: number, direction = 'Flat') => ({
  type: 'sgv',
  sgv: value,
  date: START - minutesAgo * MINUTE,
  dateString: at(minutesAgo),
  direction
});
const loopStatus = {
  device: 'loop://iPhone',
  created_at: at(4),
  pump: { clock: at(4), reservoir: 112, battery: { percent: 70 }, bolusing: false },
  uploader: { battery: 71 },
  loop: { timestamp: at(4), iob: { timestamp: at(4), iob: -0.25 }, cob: { timestamp: at(4), cob: 12.5 } }
};
const profile = {
  defaultProfile: 'Default',
  startDate: '2026-11-01T00:00:00Z',
  units: 'mg/dl',
  store: {
    Default: { dia: 5, timezone: 'UTC', sens: 45, carbratio: 9, carbs_hr: 20, basal: 1, target_low: 90, target_high: 120 }
  }
};

let server: TestServer;
const start = async (env: Record<string, string> = {}): Promise<void> => {
  clock.now = START;
  server = await startServer({ ENABLE, AUTH_DEFAULT_ROLES: 'denied', ...env }, { now: () => clock.now });
};
const upload = async (noun: string, body: unknown): Promise<void> => {
  expect((await call(server, 'POST', `/api/v1/${noun}`, { body })).status).toBe(200);
};
const alexa = (request: unknown): Promise<Answer> => call(server, 'POST', '/api/v1/alexa', { body: { version: '1.0', request } });
const slot = (value: unknown) => ({ name: 'MetricNow', slots: { metric: { name: 'metric', value } } });
const say = async (metric: unknown): Promise<string> =>
  (await alexa({ type: 'IntentRequest', intent: slot(metric), locale: 'en-US' })).body.response.outputSpeech.text;
const google = (queryResult: unknown): Promise<Answer> => call(server, 'POST', '/api/v1/googlehome', { body: { queryResult } });
const heard = ({ body }: Answer): string => body.payload.google.richResponse.items[0].simpleResponse.textToSpeech;

describe('a site with data', () => {
  beforeAll(async () => {
    await start();
    await upload('profile', profile);
    await upload('entries', [sgv(8, 113), sgv(3, 120, 'FortyFiveUp')]);
    await upload('devicestatus', loopStatus);
    await vi.waitFor(async () => expect(await say('loop')).toContain('4 minutes ago'), { timeout: 30_000 });
  });
  afterAll(() => server.close());
  afterEach(() => {
    clock.now = START;
  });

  it.each<[string, string]>([
    ['bg', 'Glucose was 120 mg/dl and rising slowly 3 minutes ago.'],
    ['my blood glucose', 'Glucose was 120 mg/dl and rising slowly 3 minutes ago.'],
    ['B.G.', 'Glucose was 120 mg/dl and rising slowly 3 minutes ago.'],
    ['delta', 'Glucose rose by 7 mg/dl in the five minutes up to 3 minutes ago.'],
    ['iob', 'Insulin on board is minus 0.25 units, as reported 4 minutes ago.'],
    ['i. o. b.', 'Insulin on board is minus 0.25 units, as reported 4 minutes ago.'],
    ['Insulin on Board', 'Insulin on board is minus 0.25 units, as reported 4 minutes ago.'],
    ['cob', 'Carbs on board are 12.5 grams, as reported 4 minutes ago.'],
    ['uploader battery', 'The uploader battery is at 71 percent.'],
    ['pump reservoir', 'The pump has 112 units left, as heard 4 minutes ago.'],
    ['pump battery', 'The pump has a battery at 70 percent, as heard 4 minutes ago.'],
    ['pump', 'The pump has 112 units left, has a battery at 70 percent, as heard 4 minutes ago.'],
    ['last loop', 'Loop last worked 4 minutes ago. It is looping.']
  ])('%s: %s', async (metric, text) => {
    expect(await say(metric)).toBe(text);
    expect(heard(await google({ intent: { displayName: 'MetricNow' }, parameters: { metric } }))).toBe(text);
  });

  it('forecast', async () => {
    expect(await say('forecast')).toMatch(/^If it goes on like this, glucose will be about 1[3-6]\d mg\/dl half an hour after/);
  });

  it('answers in the form Alexa reads', async () => {
    const answer = await alexa({ type: 'IntentRequest', intent: slot('bg') });
    const text = 'Glucose was 120 mg/dl and rising slowly 3 minutes ago.';
    expect(answer.body).toEqual({
      version: '1.0',
      response: {
        outputSpeech: { type: 'PlainText', text },
        card: { type: 'Simple', title: 'Glucose', content: text },
        reprompt: { outputSpeech: { type: 'PlainText', text: expect.any(String) } },
        shouldEndSession: true
      }
    });
    expect(described('/api/v1/alexa', answer)).toEqual([]);
  });

  it('answers in the form Google reads', async () => {
    const answer = await google({ intent: { displayName: 'MetricNow' }, parameters: { metric: ['bg'] }, languageCode: 'de' });
    const textToSpeech = 'Glucose was 120 mg/dl and rising slowly 3 minutes ago.';
    expect(answer.body).toEqual({
      payload: { google: { expectUserResponse: false, richResponse: { items: [{ simpleResponse: { textToSpeech } }] } } }
    });
    expect(described('/api/v1/googlehome', answer)).toEqual([]);
  });

  it("takes the skill's own name before what was heard", async () => {
    const metric = {
      value: 'the sugar thing',
      resolutions: {
        resolutionsPerAuthority: [
          { status: { code: 'ER_SUCCESS_NO_MATCH' } },
          { status: { code: 'ER_SUCCESS_MATCH' }, values: [{ value: { name: 'insulin on board', id: 'iob' } }] }
        ]
      }
    };
    const { body } = await alexa({ type: 'IntentRequest', intent: { name: 'Anything', slots: { metric } } });
    expect(body.response.card.title).toBe('Insulin on board');
  });

  it('greets, and waits for the question', async () => {
    const { body } = await alexa({ type: 'LaunchRequest' });
    expect(body.response).toMatchObject({ shouldEndSession: false, outputSpeech: { text: expect.stringContaining('?') } });
    const welcome = await google({ intent: { displayName: 'Default Welcome Intent' } });
    expect(welcome.body.payload.google.expectUserResponse).toBe(true);
  });

  it('takes an intent from a launch', async () => {
    const { body } = await alexa({ type: 'LaunchRequest', intent: slot('bg') });
    expect(body.response.card.title).toBe('Glucose');
  });

  it('reports', async () => {
    const { body } = await alexa({ type: 'IntentRequest', intent: { name: 'NSStatus' } });
    const { text } = body.response.outputSpeech;
    for (const part of ['Glucose was 120', 'rose by 7', 'minus 0.25 units', '12.5 grams', 'Loop last worked'])
      expect(text).toContain(part);
    expect(heard(await google({ intent: { displayName: 'NSStatus' } }))).toBe(text);
  });

  it('ends a session with an empty text', async () => {
    const answer = await alexa({ type: 'SessionEndedRequest', reason: 'USER_INITIATED' });
    expect([answer.status, answer.text]).toEqual([200, '""']);
    expect(described('/api/v1/alexa', answer)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['unknown intent', { name: 'PlayMusic' }],
    ['a name from the prototype', { name: 'constructor' }],
    ['unknown metric', slot('weather')],
    ['no name', {}],
    ['slots that are none', { name: 'MetricNow', slots: [null] }]
  ])('%s: an apology', async (_name, intent) => {
    const { status, body } = await alexa({ type: 'IntentRequest', intent });
    expect([status, body.response.outputSpeech.text]).toEqual([200, expect.stringMatching(/^Sorry/)]);
    const { displayName } = { displayName: (intent as { name?: string }).name };
    expect(heard(await google({ intent: { displayName } }))).toMatch(/^Sorry/);
  });

  it.each<[string, unknown]>([
    ['another type', { request: { type: 'AudioPlayer.PlaybackStarted' } }],
    ['no type', { request: {} }],
    ['an intent request without intent', { request: { type: 'IntentRequest' } }],
    ['no request', { version: '1.0' }],
    ['a request that is text', { request: 'LaunchRequest' }],
    ['a list', [{ request: { type: 'LaunchRequest' } }]]
  ])('alexa, %s: 400', async (_name, body) => {
    const answer = await call(server, 'POST', '/api/v2/alexa', { body });
    expect(answer.status).toBe(400);
    expect(described('/api/v2/alexa', answer)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['text', { queryResult: 'bg' }],
    ['a list', []]
  ])('google, %s: 400', async (_name, body) => {
    expect((await call(server, 'POST', '/api/v1/googlehome', { body })).status).toBe(400);
  });

  it('says first that a value is old, and nothing of a change or a forecast', async () => {
    clock.now = START + 60 * MINUTE;
    expect(await say('bg')).toBe(
      'There is no current glucose value. The last one came 1 hour and 3 minutes ago and was 120 mg/dl.'
    );
    expect(await say('delta')).toBe('Change of glucose: nothing current is known.');
    expect(await say('forecast')).toBe('Forecast: nothing current is known.');
    expect(await say('iob')).toBe('Insulin on board: nothing current is known.');
    expect(await say('loop')).toBe('Loop last worked 1 hour and 4 minutes ago. It is not looping.');
  });

  it('survives anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (name, metric) => {
        for (const answer of [
          await alexa({ type: 'IntentRequest', intent: { name, slots: { metric } } }),
          await alexa(name),
          await google({ intent: name, parameters: { metric } }),
          await google(metric)
        ])
          expect([200, 400]).toContain(answer.status);
      }),
      { numRuns: 50 }
    );
  });

  it.each(['/api/v1/alexa', '/api/v2/alexa', '/api/v1/googlehome', '/api/v2/googlehome'])(
    '%s is for readers of everything',
    async (path) => {
      const body = path.endsWith('alexa') ? { request: { type: 'LaunchRequest' } } : { queryResult: {} };
      const name = path.replace(/\W/g, '');
      const reader = await tokenFor(server, `reader${name}`, ['api:*:read']);
      const other = await tokenFor(server, `other${name}`, ['api:entries:read', 'api:treatments:read']);
      const ask = async (query: string) => (await call(server, 'POST', path + query, { body, secret: false })).status;
      expect([await ask(`?token=${reader}`), await ask(`?token=${other}`), await ask('')]).toEqual([200, 401, 401]);
    }
  );
});

describe('what else there may be to say', () => {
  afterEach(() => server.close());

  it('the language of one caller is not that of the site', async () => {
    await start();
    const settings = async () => (await call(server, 'GET', '/api/v1/status.json', { secret: true })).body.settings.language;
    const before = await settings();
    await alexa({ type: 'LaunchRequest', locale: 'de-DE' });
    await google({ languageCode: 'fr' });
    expect(await settings()).toBe(before);
  });

  it('nothing', async () => {
    await start();
    expect(await say('bg')).toBe('Glucose: nothing current is known.');
    const { body } = await alexa({ type: 'IntentRequest', intent: { name: 'NSStatus' } });
    expect(body.response.outputSpeech.text).toBe('Nothing current is known.');
  });

  it('mmol/L', async () => {
    await start({ DISPLAY_UNITS: 'mmol' });
    await upload('entries', [sgv(8, 162), sgv(3, 180)]);
    await expect.poll(() => say('bg')).toBe('Glucose was 10.0 mmol/L and steady 3 minutes ago.');
    expect(await say('delta')).toBe('Glucose rose by 1.0 mmol/L in the five minutes up to 3 minutes ago.');
  });

  it.each<[number, string]>([
    [39, 'Glucose was below the range of the sensor and steady 3 minutes ago.'],
    [401, 'Glucose was above the range of the sensor and steady 3 minutes ago.'],
    [9, 'The sensor reported an error instead of glucose 3 minutes ago.']
  ])('a sensor that shows %i', async (value, text) => {
    await start();
    await upload('entries', [sgv(3, value)]);
    await expect.poll(() => say('bg')).toBe(text);
  });

  it.each([
    ['alexa', 200, 404],
    ['googlehome', 404, 200],
    ['iob', 404, 404]
  ])('with %s in ENABLE', async (feature, alexaStatus, googleStatus) => {
    await start({ ENABLE: feature });
    for (const version of ['v1', 'v2']) {
      const [first, second] = await Promise.all([
        call(server, 'POST', `/api/${version}/alexa`, { body: { request: { type: 'LaunchRequest' } } }),
        call(server, 'POST', `/api/${version}/googlehome`, { body: { queryResult: {} } })
      ]);
      expect([first.status, second.status]).toEqual([alexaStatus, googleStatus]);
    }
  });
});

function described(path: string, { status, headers, body }: Answer): string[] {
  return checker.faults({ method: 'POST', path, status, contentType: headers.get('content-type'), body });
}
