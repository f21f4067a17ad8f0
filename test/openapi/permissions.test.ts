import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';
import { createChecker, documentOf, type Operation, operationsOf } from './kit.ts';
import { exchange, faultsOf, label, samplePath } from './live-kit.ts';

// auth.md §9, rest-v1-v2.md §1.4: the permissions that stand in the document are those the server asks for

const ENV = { ENABLE: 'careportal', AUTH_DEFAULT_ROLES: 'denied' };
const document = documentOf(ENV);
const checker = createChecker(document);
let server: TestServer;
const known = new Map<string, ReturnType<typeof makeCredentials>>();

beforeAll(async () => {
  server = await startServer(ENV);
  const admin = await credentialsOf(['*']);
  for (const noun of ['devicestatus', 'entries', 'food', 'profile', 'settings', 'treatments'])
    await exchange(server.url, 'post', `/api/v3/${noun}`, { headers: admin.jwt, body: { ...BODY, identifier: 'doc-1' } });
});
afterAll(() => server.close());

const BODY = { date: 1_767_323_045_000, app: 'test', utcOffset: 0, eventType: 'Note' };

/** Somebody with these permissions and no others. */
function credentialsOf(permissions: readonly string[]): ReturnType<typeof makeCredentials> {
  const key = permissions.join();
  const credentials = known.get(key) ?? makeCredentials(permissions, `p${known.size}`);
  known.set(key, credentials);
  return credentials;
}

async function makeCredentials(permissions: readonly string[], name: string) {
  const { access } = server.services;
  await access.admin.roles.create({ name, permissions: [...permissions] });
  await access.admin.subjects.create({ name, roles: [name] });
  const token = access.admin.subjects.list().find((subject) => subject.name === name)!.accessToken;
  const { token: jwt } = (await access.request(token, '127.0.0.1'))!;
  return { token: { 'api-secret': token }, jwt: { authorization: `Bearer ${jwt}` } };
}

const isV3 = ({ path }: Operation): boolean => path.startsWith('/api/v3');
const guarded = operationsOf(document).filter(({ spec }) => spec['x-permissions'].length > 0);

/** Every choice of rights that must do: one of each alternative. */
const choices = ({ spec }: Operation): string[][] =>
  spec['x-permissions'].reduce<string[][]>(
    (sets, right) =>
      sets.flatMap((set) =>
        [right].flat().map((one) => [...set, one.replace('{storage}', 'entries').replace('{permission}', 'api:entries:read')])
      ),
    [[]]
  );

async function ask(operation: Operation, permissions: readonly string[]) {
  const { token, jwt } = await credentialsOf(permissions);
  const isPut = operation.method === 'put';
  return exchange(server.url, operation.method, samplePath(operation.path, isPut ? {} : { identifier: 'doc-2' }), {
    headers: isV3(operation) ? jwt : token,
    ...(operation.method === 'post' || operation.method === 'patch' || isPut ? { body: isV3(operation) ? BODY : {} } : {})
  });
}

it('most operations take a right', () => {
  expect(guarded.length).toBeGreaterThan(120);
});

describe.each(guarded.map((operation) => [label(operation), operation] as const))('%s', (_name, operation) => {
  const refusal = isV3(operation) ? 403 : 401;

  it('is open to who has what is described', async () => {
    for (const rights of choices(operation)) {
      const answer = await ask(operation, rights);
      expect([401, 403]).not.toContain(answer.status);
      expect(faultsOf(checker, answer)).toEqual([]);
    }
  });

  it('is closed when any of it is missing', async () => {
    const [rights = []] = choices(operation);
    for (const missing of rights) {
      const answer = await ask(
        operation,
        rights.filter((right) => right !== missing)
      );
      expect([missing, answer.status]).toEqual([missing, refusal]);
      expect(faultsOf(checker, answer)).toEqual([]);
    }
  });
});

describe('without credentials', () => {
  it.each(
    operationsOf(document)
      .filter(({ spec }) => spec.security.length === 0 || spec.security.some((way) => Object.keys(way).length === 0))
      .map((operation) => [label(operation), operation] as const)
  )('%s is open', async (_name, operation) => {
    const answer = await exchange(server.url, operation.method, samplePath(operation.path, { token: 'nobody' }));
    // an unknown access token is the question itself here
    expect(answer.status === 401).toBe(operation.path.endsWith('/authorization/request/{token}'));
  });

  it.each(
    operationsOf(document)
      .filter(({ spec }) => spec.security.length > 0 && spec.security.every((way) => Object.keys(way).length > 0))
      .map((operation) => [label(operation), operation] as const)
  )('%s is closed', async (_name, operation) => {
    const answer = await exchange(server.url, operation.method, samplePath(operation.path));
    expect([answer.status, faultsOf(checker, answer)]).toEqual([401, []]);
  });
});
