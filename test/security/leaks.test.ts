import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigError, readConfig } from '../../src/config/read-config.ts';
import { documentOf, operationsOf } from '../openapi/kit.ts';
import { samplePath } from '../openapi/live-kit.ts';
import { findIn, formsOf, HEALTH, secretSettings } from './planted.ts';
import { ENABLE, type PlantedSite, plantedSite } from './site.ts';

// D18, issue 5: no secret leaves by any door, nothing measured leaves by a closed one, and neither ever stands in a log

/** Every route there is, with every door's spelling, and errors of every kind. */
const operations = operationsOf(documentOf({ ENABLE, SECURE_CSP: 'on', METRICS: 'on' }));
const PATHS = [
  ...new Set(
    operations
      .map(({ path }) => samplePath(path, { token: 'nobody-0123456789abcdef' }))
      .flatMap((path) => (/^\/api\/v[12]\//.test(path) ? [path, `${path}.json`] : [path]))
  ),
  ...['entries', 'treatments', 'devicestatus', 'profile', 'food', 'activity'].flatMap((name) => [
    `/api/v1/${name}.json?count=100`,
    `/api/v2/${name}.json`,
    `/api/v1/${name}.csv`,
    `/api/v1/${name}.html`,
    `/api/v3/${name}?limit=5`,
    `/api/v3/${name}/history/0`
  ]),
  '/',
  '/admin/',
  '/nosuch',
  '/api/v1/nosuch',
  '/api/v3/nosuch',
  '/api/v1/entries.json?find[sgv][$nosuch]=1',
  '/api/v1/entries.json?find[sgv][$regex]=(',
  '/api/v1/entries.json?count=-1',
  '/api/v1/status.json?token=nobody-0123456789abcdef',
  '/api/v1/%ff',
  '/metrics',
  '/healthz',
  '/readyz',
  '/socket.io/?EIO=4&transport=polling',
  '/socket.io/socket.io.js.map'
];

/** Thousands of questions: a busy machine may take its time. */
const LONG = { timeout: 120_000 };

interface Heard {
  readonly what: string;
  readonly head?: string;
  readonly text: string;
}

async function ask(url: string, method: string, path: string, init: RequestInit = {}): Promise<Heard> {
  const response = await fetch(url + path, { method, redirect: 'manual', signal: AbortSignal.timeout(10_000), ...init });
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  return { what: `${method} ${path} → ${response.status}`, head: headers, text: await response.text() };
}

const BODIES = [
  '{"notes":"x","eventType":"Note"}',
  '[]',
  '{"a":',
  'null',
  '[1,2]',
  '{"$where":"x"}',
  '{"secret":"x","token":"y"}'
];

/** Asks for everything as a caller with these headers; deletes nothing it could find. */
async function crawl(url: string, headers: Record<string, string> = {}): Promise<Heard[]> {
  return sideBySide(PATHS.flatMap((path) => ['GET', 'OPTIONS'].map((method) => () => ask(url, method, path, { headers }))));
}

async function sideBySide(questions: readonly (() => Promise<Heard>)[]): Promise<Heard[]> {
  const waiting = [...questions];
  const heard: Heard[] = [];
  const one = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) heard.push(await next());
  };
  await Promise.all(Array.from({ length: 8 }, one));
  return heard;
}

/** Sends what is refused, or is no harm. */
async function molest(url: string, headers: Record<string, string> = {}): Promise<Heard[]> {
  const writes = operations.filter(({ method }) => method !== 'get');
  return sideBySide(
    writes.flatMap(({ method, path }) =>
      BODIES.map((body) => () => {
        const init = { headers: { ...headers, 'content-type': 'application/json' }, body };
        return ask(url, method.toUpperCase(), samplePath(path, { token: 'x' }), init);
      })
    )
  );
}

/** All frames that a client hears who says everything there is to say. */
async function listenIn(url: string, credentials: Record<string, unknown>): Promise<Heard[]> {
  const heard: Heard[] = [];
  const sockets: Socket[] = ['/', '/storage', '/alarm'].map((namespace) => {
    const socket = io(url + namespace, { transports: ['websocket'], forceNew: true, reconnection: false });
    socket.onAny((event: string, ...args: unknown[]) =>
      heard.push({ what: `${namespace} ${event}`, text: JSON.stringify(args) })
    );
    return socket;
  });
  const [root, storage, alarm] = sockets as [Socket, Socket, Socket];
  const say = async (socket: Socket, event: string, ...args: unknown[]) => {
    const answer: unknown = await socket
      .timeout(1500)
      .emitWithAck(event, ...args)
      .catch((error: Error) => error.message);
    heard.push({ what: `answer to ${event}`, text: JSON.stringify(answer) ?? '' });
  };
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', () => resolve(undefined)))));
  await say(root, 'authorize', { client: 'web', status: true, history: 48, ...credentials });
  await say(root, 'loadRetro', { loadedMills: 0 });
  await say(root, 'dbAdd', { collection: 'treatments', data: { $where: 'x' } });
  await say(root, 'dbUpdate', { collection: 'nosuch', _id: 'x', data: {} });
  await say(storage, 'subscribe', { accessToken: credentials.accessToken ?? 'x', collections: ['treatments', 'settings'] });
  await say(alarm, 'subscribe', credentials);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const socket of sockets) socket.close();
  return heard;
}

/** Large answers come again and again: each is searched once for each list of texts. */
const searched = new WeakMap<readonly string[], Map<string, string[]>>();

function findOnce(text: string, texts: readonly string[]): string[] {
  const known = searched.get(texts) ?? new Map<string, string[]>();
  searched.set(texts, known);
  const found = known.get(text) ?? findIn(text, texts);
  known.set(text, found);
  return found;
}

/** Where any of the texts came out. */
const leaks = (heard: readonly Heard[], texts: readonly string[]): string[] =>
  heard.flatMap(({ what, head = '', text }) =>
    [...findIn(head, texts), ...findOnce(text, texts)].map((found) => `${what}: ${found.slice(0, 60)}`)
  );

const forms = (secrets: readonly string[]): string[] => secrets.flatMap(formsOf);

describe('a closed site', () => {
  let site: PlantedSite;
  beforeAll(async () => {
    site = await plantedSite({ AUTH_DEFAULT_ROLES: 'denied', METRICS: 'on', SECURE_CSP: 'on' });
  });
  afterAll(() => site.close());

  it('tells strangers nothing measured and no secret, by any route', LONG, async () => {
    const heard = [...(await crawl(site.url)), ...(await molest(site.url))];
    expect(heard.length).toBeGreaterThan(500);
    expect(
      heard.filter(({ what }) => /→ (429|5\d\d)/.test(what) && !what.includes('pushovercallback')).map(({ what }) => what)
    ).toEqual([]);
    expect(leaks(heard, site.everything)).toEqual([]);
    // what is shown rounded is health data as well
    expect(
      heard.filter(({ what, text }) => / \/(api\/v|pebble)/.test(what) && /\b(217|12\.1)\b/.test(text)).map(({ what }) => what)
    ).toEqual([]);
  });

  it('nor those who present something wrong', LONG, async () => {
    const wrong = { 'api-secret': 'f'.repeat(40), authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' };
    expect(leaks([...(await crawl(site.url, wrong))], site.everything)).toEqual([]);
  });

  it('nor by any frame of its sockets', LONG, async () => {
    const heard = [
      ...(await listenIn(site.url, {})),
      ...(await listenIn(site.url, {
        secret: 'wrong',
        token: 'wrong',
        accessToken: 'nobody-0123456789abcdef',
        jwtToken: 'wrong'
      }))
    ];
    expect(heard.length).toBeGreaterThan(8);
    expect(leaks(heard, site.everything)).toEqual([]);
  });
});

describe('a site that everybody may read', () => {
  let site: PlantedSite;
  beforeAll(async () => {
    site = await plantedSite({ AUTH_DEFAULT_ROLES: 'readable', METRICS: 'on' });
  });
  afterAll(() => site.close());

  it('shows what was measured, and no secret', LONG, async () => {
    const heard = [...(await crawl(site.url)), ...(await molest(site.url))];
    expect(leaks(heard, [HEALTH.notes]).length).toBeGreaterThan(5);
    expect(leaks(heard, site.secretForms)).toEqual([]);
    // settings of apps belong to one person
    expect(leaks(heard, [HEALTH.setting])).toEqual([]);
  });

  it('nor to those who only read, by HTTP or socket', LONG, async () => {
    const { readable } = site.tokens;
    const answer = (await (await fetch(`${site.url}/api/v2/authorization/request/${readable}`)).json()) as { token: string };
    const others = forms(site.secrets.filter((secret) => secret !== readable));
    const heard = [
      ...(await crawl(site.url, { 'api-secret': readable })),
      ...(await crawl(site.url, { authorization: `Bearer ${answer.token}` })),
      ...(await listenIn(site.url, { secret: readable, accessToken: readable })),
      ...(await listenIn(site.url, {}))
    ];
    expect(leaks(heard, [HEALTH.notes]).length).toBeGreaterThan(10);
    expect(leaks(heard, others)).toEqual([]);
  });

  it('what administrators are shown of settings, uploads and refusals holds no secret and nothing measured', LONG, async () => {
    const { admin } = site.tokens;
    const plain = encodeURIComponent(site.secrets[0]!);
    const body = JSON.stringify({ app: admin, device: HEALTH.notes, enteredBy: admin, notes: HEALTH.notes, sgv: HEALTH.sgv });
    const wrong = { 'api-secret': 'f'.repeat(40), 'content-type': 'application/json', 'user-agent': `${admin}/1` };
    for (const path of [
      '/api/v1/treatments',
      `/api/v1/entries?token=${admin}x`,
      `/api/v1/${plain}`,
      `/api/v2/authorization/request/${plain}`,
      '/api/v3/treatments'
    ])
      for (const text of [body, body.slice(0, -1)]) await ask(site.url, 'POST', path, { headers: wrong, body: text });
    await ask(site.url, 'DELETE', `/api/v1/treatments/${plain}`, { headers: { ...wrong, ...site.headers } });
    const heard = [
      await ask(site.url, 'GET', '/api/v2/uploads', { headers: site.headers }),
      await ask(site.url, 'GET', '/api/v2/admin/status', { headers: site.headers })
    ];
    expect(heard.map(({ what }) => what.slice(-3))).toEqual(['200', '200']);
    expect(heard[0]!.text).toContain('wrong-secret');
    expect(heard[1]!.text).toContain('WEBHOOK_URL');
    // the name of a device is told: it says who sends
    const { device: _device, ...measured } = HEALTH;
    expect(leaks(heard, [...site.secretForms, ...Object.values(measured).map(String)])).toEqual([]);
  });

  it('metrics name no person and nothing measured', async () => {
    const heard = await ask(site.url, 'GET', '/metrics');
    expect(leaks([heard], site.everything)).toEqual([]);
  });
});

describe('the log, with everything in it', () => {
  it('of a day full of traffic, mistakes, attacks and failing services', LONG, async () => {
    const site = await plantedSite({ AUTH_DEFAULT_ROLES: 'denied' });
    const { url, tokens, headers } = site;
    try {
      const secret = headers['api-secret'];
      await crawl(url, headers);
      await molest(url, { 'api-secret': tokens.readable });
      await listenIn(url, { secret, accessToken: tokens.admin });
      const plain = encodeURIComponent(site.secrets[0]!);
      for (const query of [
        `secret=${secret}`,
        `token=${tokens.admin}`,
        `token[]=${tokens.admin}&token[]=x`,
        `api_secret=${plain}`,
        `who=${plain}`,
        plain,
        `x=${secret}`,
        `find[notes]=${HEALTH.notes}`,
        `find[sgv]=${HEALTH.sgv}`,
        `find[notes][$regex]=${HEALTH.notes}(`,
        `find[enteredBy]=/${HEALTH.enteredBy}(/`
      ]) {
        for (const path of [
          '/api/v1/entries.json',
          '/api/v1/treatments',
          '/api/v2/properties',
          '/nosuch',
          '/',
          '/api/v3/version'
        ])
          await ask(url, 'GET', `${path}?${query}`, { headers });
      }
      await ask(url, 'GET', `/api/v2/authorization/request/${tokens.admin}`);
      await ask(url, 'GET', `/api/v2/authorization/request/${plain}`);
      await ask(url, 'GET', '/api/v1/entries.json', {
        headers: { authorization: `Basic ${Buffer.from(`x:${site.secrets[0]}`).toString('base64')}` }
      });
      for (const body of [
        `{"notes":"${HEALTH.notes}","insulin":${HEALTH.insulin},`,
        `[{"notes":"${HEALTH.notes}"},1]`,
        `{"secret":"${tokens.admin}","notes":{"$where":"${HEALTH.notes}"}}`
      ])
        for (const path of ['/api/v1/treatments', '/api/v1/entries', '/api/v3/treatments', '/api/v2/notifications/loop'])
          await ask(url, 'POST', path, { headers: { ...headers, 'content-type': 'application/json' }, body });

      await expect.poll(() => site.log.some((line) => line.includes('a message was not delivered'))).toBe(true);
      // and a database that breaks while it is written to and read
      const storage = site.server.services.storage as {
        -readonly [K in keyof PlantedSite['server']['services']['storage']]: unknown;
      };
      const { apply, find } = storage;
      const broken = (...args: unknown[]) => {
        throw Object.assign(new Error('disk I/O error'), { document: args, query: args, parameters: args });
      };
      Object.assign(storage, { apply: broken, find: broken });
      const doc = { eventType: 'Note', notes: HEALTH.notes, insulin: HEALTH.insulin, enteredBy: HEALTH.enteredBy };
      for (const path of ['/api/v1/treatments', '/api/v1/devicestatus', '/api/v1/profile', '/api/v1/food'])
        await ask(url, 'POST', path, { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(doc) });
      for (const path of ['/api/v1/treatments', '/api/v1/food', '/api/v1/entries?find[date][$gte]=0'])
        await ask(url, 'GET', `${path}?find[notes]=${HEALTH.notes}`, { headers });
      await listenIn(url, { secret });
      Object.assign(storage, { apply, find });
    } finally {
      await site.close();
    }
    const log = site.log.join('\n');
    expect(site.log.length).toBeGreaterThan(500);
    for (const expected of [
      '"status":401',
      '"status":404',
      '"status":400',
      'disk I/O error',
      'a message was not delivered',
      'Wrong credentials'
    ])
      expect([expected, log.includes(expected)]).toEqual([expected, true]);
    const found = site.log.flatMap((line) => findIn(line, site.everything).map((text) => `${text}: ${line.slice(0, 300)}`));
    expect(found).toEqual([]);
  });

  it('a MongoDB that is not there is named without its password', async () => {
    const site = { log: [] as string[] };
    const uri = 'mongodb://planteduser0030:plantedmongo0031@127.0.0.1:1/db?serverSelectionTimeoutMS=200';
    const { createLogger } = await import('../../src/observe/logger.ts');
    const { createServer } = await import('../../src/server.ts');
    const config = readConfig({
      HOSTNAME: '127.0.0.1',
      INSECURE_USE_HTTP: 'true',
      MONGODB_URI: uri,
      API_SECRET: 'planted-secret-0032'
    });
    const server = await createServer(
      { ...config, port: 0 },
      { log: createLogger('debug', { write: (line) => void site.log.push(line) }) }
    );
    const heard: Heard[] = [];
    try {
      for (const path of [
        '/api/v1/entries.json',
        '/api/v1/status.json',
        '/readyz',
        '/api/v3/version',
        '/api/v3/status',
        '/api/v1/food.json'
      ])
        heard.push(await ask(server.url, 'GET', path));
    } finally {
      await server.close();
    }
    expect(site.log.join('')).toContain('database not reachable');
    const texts = ['planteduser0030', 'plantedmongo0031', 'planted-secret-0032'].flatMap(formsOf);
    expect(leaks([...heard, ...site.log.map((text) => ({ what: 'log', text }))], texts)).toEqual([]);
  });
});

it('settings that stop the start are named without their values', () => {
  const bad: Record<string, string> = {
    API_SECRET: 'planted0040',
    JWT_SECRET: 'planted0041',
    MONGODB_URI: 'planted0042://u:p@h',
    NTFY_URL: 'planted0043',
    GOTIFY_URL: 'planted0044',
    WEBHOOK_URL: 'planted0045',
    METRICS_TOKEN: 'plant46',
    REDIS_URL: 'planted0047'
  };
  try {
    readConfig(bad);
    expect.unreachable();
  } catch (error) {
    const said = (error as ConfigError).sentences.join('\n');
    for (const [name, value] of Object.entries(bad))
      expect([name, said.includes(name), said.includes(value)]).toEqual([name, true, false]);
  }
});

it('plants something for every setting that is a secret', async () => {
  const { VARIABLES } = await import('../../src/config/env.ts');
  const planted = new Set([...Object.keys(secretSettings('http://x')), 'STORAGE_URI', 'REDIS_URL']);
  expect(
    Object.entries(VARIABLES)
      .filter(([name, { secret }]) => secret && !planted.has(name))
      .map(([name]) => name)
  ).toEqual([]);
});
