import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { socketNamespaces } from '../../src/openapi/sockets.ts';
import { SECRET_SHA1, startServer, type TestServer } from '../support/start-server.ts';

interface Message {
  readonly name: string;
  readonly payload?: { readonly $ref: string };
  readonly examples?: readonly { readonly payload: unknown }[];
}
interface AsyncApi {
  readonly channels: Readonly<
    Record<
      string,
      { readonly address: string; readonly description: string; readonly messages: Readonly<Record<string, Message>> }
    >
  >;
  readonly components: object;
}

let server: TestServer;
let document: AsyncApi;
let page: string;
let token: string;
beforeAll(async () => {
  server = await startServer({
    AUTH_DEFAULT_ROLES: 'denied',
    SOCKET_WRITE_BURST: '3',
    SOCKET_WRITE_RATE: '2',
    ENABLE: 'careportal'
  });
  document = (await (await fetch(`${server.url}/api/asyncapi.json`)).json()) as AsyncApi;
  page = await (await fetch(`${server.url}/api/sockets-docs`)).text();
  await server.services.access.admin.subjects.create({ name: 'phone', roles: ['admin'] });
  token = server.services.access.admin.subjects.list()[0]!.accessToken;
});
afterAll(() => server.close());

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.disconnect();
});
function connect(address: string): Promise<{ socket: Socket; heard: [string, unknown][] }> {
  const socket = io(`${server.url}${address}`, { transports: ['websocket'], forceNew: true, reconnection: false });
  open.push(socket);
  const heard: [string, unknown][] = [];
  socket.onAny((event: string, payload: unknown) => heard.push([event, payload]));
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve({ socket, heard }));
    socket.on('connect_error', reject);
  });
}

const channel = (key: string) => document.channels[key]!;

describe('REQ-API-020: the WebSocket channels and their limitations are documented', () => {
  it.each([
    ['root', '/'],
    ['storage', '/storage']
  ])('documentation exists for the namespace %s, for machines and for people', (key, address) => {
    expect(channel(key).address).toBe(address);
    expect(channel(key).description).toMatch(/\*\*Limitations\.\*\*\n\n\* .+/);
    expect(page).toContain(`<section id="${key}">\n<h2><code>${address}</code>`);
    const section = page.split(`<section id="${key}">`)[1]!.split('</section>')[0]!;
    for (const heading of ['Authorisation', 'Limitations']) expect(section).toContain(`<h3>${heading}</h3>`);
    for (const { name } of Object.values(channel(key).messages).filter(({ name }) => !name.endsWith('Answer')))
      expect(section).toContain(`<code>${name}</code>`);
  });

  it('the limits of writes are those of the site', () => {
    for (const text of [channel('root').description, page]) expect(text).toContain('3 at once, then 2 per second');
  });

  it('each event shows an example, for people too', () => {
    for (const { events } of socketNamespaces(server.services.config)) {
      for (const { name, payload, example, answer, answerExample } of events) {
        if (payload) expect(example, name).toBeDefined();
        if (answer) expect(answerExample, name).toBeDefined();
      }
    }
    expect(page).toContain('&quot;accessToken&quot;: &quot;phone-1a2b3c4d5e6f7a8b&quot;');
  });
});

describe('only what exists is described, and all of it', () => {
  it.each(['/', '/storage', '/alarm', '/api', '/nope'])('namespace %s', async (address) => {
    const exists = await connect(address).then(
      () => true,
      () => false
    );
    expect(Object.values(document.channels).some((described) => described.address === address)).toBe(exists);
  });
});

describe('what the server says fits what is described', () => {
  const fits = (key: string, message: string, payload: unknown): void => {
    const ajv = new Ajv({ strict: false });
    formats.default(ajv);
    ajv.addSchema({ $id: 'https://example.org/', components: document.components });
    const described = channel(key).messages[message];
    expect(described, `${key} does not describe ${message}`).toBeDefined();
    if (!described!.payload) {
      expect(payload).toBeUndefined();
      return;
    }
    const validate = ajv.compile({ $ref: `https://example.org/${described!.payload.$ref}` });
    validate(JSON.parse(JSON.stringify(payload)));
    expect(validate.errors, `${message}: ${JSON.stringify(payload)}`).toBeNull();
  };
  const ask = (socket: Socket, event: string, ...args: unknown[]): Promise<unknown> =>
    socket.timeout(5000).emitWithAck(event, ...args);

  it('on / and /storage: authorising, writing, hearing', async () => {
    const root = await connect('/');
    const storage = await connect('/storage');
    const answer = await ask(storage.socket, 'subscribe', { accessToken: token });
    fits('storage', 'subscribeAnswer', answer);
    expect(answer).toMatchObject({ success: true });
    fits('storage', 'subscribeAnswer', await ask((await connect('/storage')).socket, 'subscribe', { accessToken: 'x' }));

    fits('root', 'dbAddAnswer', await ask(root.socket, 'dbAdd', { collection: 'treatments', data: {} }));
    const rights = await ask(root.socket, 'authorize', { client: 'test', secret: SECRET_SHA1, status: true });
    expect(rights).toMatchObject({ write: true });
    fits('root', 'authorizeAnswer', rights);
    fits('root', 'authorizeAnswer', await ask(root.socket, 'authorize', 'nonsense'));
    fits('root', 'loadRetroAnswer', await ask(root.socket, 'loadRetro', {}));

    const data = { eventType: 'Note', notes: 'n', created_at: new Date(server.services.now()).toISOString() };
    const added = (await ask(root.socket, 'dbAdd', { collection: 'treatments', data })) as { _id: string }[];
    expect(added[0]!._id).toMatch(/^[0-9a-f]{24}$/);
    fits('root', 'dbAddAnswer', added);
    const _id = added[0]!._id;
    fits('root', 'dbUpdateAnswer', await ask(root.socket, 'dbUpdate', { collection: 'treatments', _id, data: { notes: 'm' } }));
    fits('root', 'dbRemoveAnswer', await ask(root.socket, 'dbRemove', { collection: 'treatments', _id }));
    // over the limit by now (3 at once)
    const refused = await Promise.all([1, 2, 3].map(() => ask(root.socket, 'dbRemove', { collection: 'treatments', _id })));
    expect(refused).toContainEqual({ result: 'Too many requests', retryAfter: expect.any(Number) });
    for (const one of refused) fits('root', 'dbRemoveAnswer', one);

    const said = (heard: readonly [string, unknown][]): Set<string> => new Set(heard.map(([event]) => event));
    await expect.poll(() => [...said(storage.heard)].sort()).toEqual(['create', 'delete', 'update']);
    await expect.poll(() => root.heard.filter(([event]) => event === 'dataUpdate').length).toBeGreaterThan(1);
    expect(said(root.heard)).toContain('retroUpdate');
    for (const [event, payload] of root.heard) fits('root', event, payload);
    for (const [event, payload] of storage.heard) fits('storage', event, payload);
  });

  it('on /alarm: subscribing, an alarm, silencing it', async () => {
    const alarm = await connect('/alarm');
    fits('alarm', 'subscribeAnswer', await ask(alarm.socket, 'subscribe', { accessToken: 'x' }));
    fits('alarm', 'subscribeAnswer', await ask(alarm.socket, 'subscribe', {}));
    fits('alarm', 'subscribeAnswer', await ask(alarm.socket, 'subscribe', { accessToken: token }));
    const now = server.services.now();
    const readings = [300, 290].map((sgv, at) => ({
      type: 'sgv',
      sgv,
      date: now - at * 300_000,
      device: 'test',
      direction: 'Flat'
    }));
    await fetch(`${server.url}/api/v1/entries.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...server.secret },
      body: JSON.stringify(readings)
    });
    alarm.socket.emit('ack', 2, 'default', 60_000);
    await expect.poll(() => alarm.heard.length).toBeGreaterThan(0);
    for (const [event, payload] of alarm.heard) fits('alarm', event, payload);
  });
});
