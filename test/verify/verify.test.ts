import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLEAN, GUESSES, READING, WRITING } from '../../src/verify/checks.ts';
import { type Report, verify } from '../../src/verify/verify.ts';
import { mongoUrl } from '../support/mongo.ts';
import { API_SECRET } from '../support/start-server.ts';
import { type DistortingProxy, distortingProxy } from './distorting-proxy.ts';
import { DISTORTIONS } from './distortions.ts';
import { livelySite } from './site.ts';

// whole visits, each of hundreds of requests: a busy machine takes its time
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

// issue 7: `vigil verify` names what an app would stumble over, and nothing else; each failure it can report is provoked here

const ALL = [...READING, ...WRITING, ...GUESSES].map(({ id }) => id).concat(CLEAN);

let site: Awaited<ReturnType<typeof livelySite>>;
let proxy: DistortingProxy;
beforeAll(async () => {
  site = await livelySite();
  proxy = await distortingProxy(site.url);
});
afterAll(async () => {
  await proxy.close();
  await site.close();
});

const ids = ({ outcomes }: Report, result: string): string[] =>
  outcomes.filter((one) => one.result === result).map(({ id }) => id);
const failures = ({ outcomes }: Report): string[] =>
  outcomes.filter(({ result }) => result === 'failed').map(({ id, reason }) => `${id}: ${reason}`);

/** Documents of 2001, whoever asks for them. */
async function left(): Promise<number> {
  const june = 'find[date][$gte]=990000000000&find[date][$lte]=996000000000';
  const created = 'find[created_at][$gte]=2001-05-01&find[created_at][$lte]=2001-08-01';
  const paths = [`entries.json?${june}`, `treatments.json?${created}`, `devicestatus.json?${created}`];
  const lists = await Promise.all(
    paths.map(async (path) => (await (await fetch(`${site.url}/api/v1/${path}`, { headers: site.secret })).json()) as unknown[])
  );
  return lists.flat().length;
}

const subjects = (): string[] => site.services.access.admin.subjects.list().map(({ name }) => name);

describe('a site as it should be', () => {
  it('passes everything, with the secret alone, and is left as it was', async () => {
    const report = await verify(proxy.url, { secret: API_SECRET, write: true });
    expect(failures(report)).toEqual([]);
    expect(ids(report, 'skipped')).toEqual([]);
    expect(report).toMatchObject({ passed: ALL.length, of: ALL.length, server: expect.stringContaining('vigil') });
    expect(report.apps.map(({ verdict }) => verdict)).not.toContain('broken');
    expect(await left()).toBe(0);
    expect(subjects()).toEqual(['phone']);
  });

  it('with a token that may only read: what needs more is skipped, not failed', async () => {
    await site.services.access.admin.subjects.create({ name: 'reader', roles: ['readable'] });
    const { accessToken } = site.services.access.admin.subjects.list().find(({ name }) => name === 'reader')!;
    const report = await verify(site.url, { token: accessToken });
    expect(failures(report)).toEqual([]);
    expect(ids(report, 'skipped')).toEqual(['auth-test']);
    expect(report.apps.find(({ app }) => app === 'AAPS')).toMatchObject({
      verdict: 'works with remarks',
      reasons: expect.arrayContaining([expect.stringContaining('AAPS only reads')])
    });
    expect(JSON.stringify(report)).not.toContain(accessToken);
  });

  it('as a stranger to a closed site: nothing fails, and no app is called working', async () => {
    const report = await verify(site.url);
    expect(failures(report)).toEqual([]);
    expect(new Set(report.apps.map(({ verdict }) => verdict))).toEqual(new Set(['not checked']));
  });

  it.runIf(mongoUrl())('on MongoDB', async () => {
    const { freshDatabase } = await import('../support/mongo.ts');
    const { url, drop } = await freshDatabase();
    const other = await livelySite({}, url);
    const report = await verify(other.url, { secret: API_SECRET, token: other.token, write: true });
    await other.close();
    await drop();
    expect(failures(report)).toEqual([]);
    expect(report).toMatchObject({ passed: ALL.length, of: ALL.length });
  });
});

describe('a site that answers as the reference does', () => {
  it('passes: what only this server does better is no failure', async () => {
    proxy.distortAll({
      when: ({ url }) => !url.startsWith('/socket.io') && !url.startsWith('/api/v3'),
      text: (body) => {
        if (!/^[[{]/.test(body)) return body;
        const plain = JSON.parse(body, (key, value) =>
          key === 'srvModified' || key === 'srvCreated' || key === 'server' ? undefined : value
        );
        return JSON.stringify(plain);
      }
    });
    // a repeated POST without _id, and no word on /storage about uploads over v1
    proxy.distort({
      'write-entries-repeat': {
        when: ({ method }) => method === 'POST',
        json: (body) => body.map(({ _id: _gone, ...doc }: { _id: string }) => doc)
      },
      'write-storage-v1': {
        when: ({ method, url }) => method === 'GET' && url.includes('socket.io'),
        text: (body) => body.replace('"create"', '"nothing"')
      }
    });
    const report = await verify(proxy.url, { token: site.token, write: true });
    proxy.distortAll(undefined);
    expect(failures(report)).toEqual([]);
    expect(report.outcomes.flatMap(({ remarks }) => remarks)).toEqual(
      expect.arrayContaining([
        'a repeated upload is answered without _id',
        'AAPS hears of uploads over v1 only at its next connection'
      ])
    );
  });
});

describe('a site that does one thing wrong', () => {
  it('every check has its distortion', () => {
    expect(Object.keys(DISTORTIONS).sort()).toEqual([...ALL].sort());
    expect(new Set(ALL).size).toBe(ALL.length);
  });

  // half of the checks at a time: exactly those fail, and none of the other half
  it.each([0, 1])('exactly that check fails (half %i)', async (half) => {
    const chosen = ALL.filter((_id, n) => n % 2 === half);
    proxy.distort(Object.fromEntries(chosen.map((id) => [id, DISTORTIONS[id]!])));
    const report = await verify(proxy.url, { token: site.token, write: true });
    proxy.distort({});
    expect(ids(report, 'failed').sort()).toEqual([...chosen].sort());
    for (const { reason } of report.outcomes.filter(({ result }) => result === 'failed'))
      expect(reason).toMatch(/^[^\n]{10,200}$/);
    // an app is broken when one of its checks is
    const broken = new Set(report.outcomes.filter(({ result }) => result === 'failed').flatMap(({ apps }) => apps));
    expect(
      report.apps
        .filter(({ verdict }) => verdict === 'broken')
        .map(({ app }) => app)
        .sort()
    ).toEqual([...broken].sort());
  });
});

it('a site that does not understand find loses nothing by it', async () => {
  const entries = () => site.services.storage.count('entries', {});
  const before = await entries();
  const query = ({ method }: { method: string }) => method === 'GET';
  const foreign = [{ _id: 'x', date: 1, device: 'Dexcom G6' }];
  proxy.distort(
    Object.fromEntries(['write-clean', 'write-entries-delete'].map((id) => [id, { when: query, json: () => foreign }]))
  );
  const report = await verify(proxy.url, { token: site.token, write: true });
  proxy.distort({});
  const said = failures(report).join('\n');
  expect(said).toMatch(/write-entries-delete: .*nothing was deleted by it/);
  expect(said).toMatch(/write-clean: .*documents of June 2001 are left/);
  expect(await entries()).toBeGreaterThanOrEqual(before);
});

describe('a visit that is interrupted', () => {
  it('removes what it wrote, and the token it made', async () => {
    const before = await left();
    const stop = new AbortController();
    const visit = verify(site.url, {
      secret: API_SECRET,
      write: true,
      signal: stop.signal,
      onCheck: (done) => done === READING.length + 8 && stop.abort()
    });
    await expect(visit).rejects.toThrow('Ended early');
    expect(await left()).toBe(before);
    expect(subjects().filter((name) => name.startsWith('vigil-verify'))).toEqual([]);
  });
});
