import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_SECRET, startServer, type TestServer } from '../support/start-server.ts';
import { allNew, contents, DAY, folders, hashOf, inOrder, overV3, put, siteDocs, vigil } from './kit.ts';

// live sites: the documents of a real server come over as they are, whichever API is asked
const place = folders();
const END = Date.now() - 4 * DAY;
const docs = siteDocs(END, 4);
let site: TestServer;
let token = '';

beforeAll(async () => {
  site = await startServer({ AUTH_DEFAULT_ROLES: 'denied' });
  const { roles, subjects, ...rest } = docs;
  await put(site.services.storage, rest);
  await site.services.access.admin.roles.update(roles![0]);
  await site.services.access.admin.subjects.update(subjects![0]);
  await site.services.access.admin.subjects.create({ name: 'mover', roles: ['admin'] });
  token = site.services.access.admin.subjects.list().find(({ name }) => name === 'mover')!.accessToken;
});
afterAll(async () => {
  await site.close();
  place.clear();
});

const expected = () => ({
  ...Object.fromEntries(Object.entries(docs).map(([name, list]) => [name, list.length])),
  subjects: 2
});
/** Lists of subjects and roles do not tell when they were made. */
const { settings: _, roles: _r, subjects: _s, ...overV1 } = docs;

describe('vigil import from a live site', { timeout: 180_000 }, () => {
  it('over v1 with the API secret: every document, with its _id and times', async () => {
    const dataDir = place.make();
    const first = await vigil(['import', site.url, '--secret', API_SECRET, '--json'], { DATA_DIR: dataDir });
    expect(first.err).not.toMatch(/refused|wrong/i);
    expect(first.code).toBe(0);
    const { settings: _s, ...counts } = expected() as Record<string, number>;
    expect(allNew(first.result)).toEqual(counts);
    expect(first.result.notes).toEqual([expect.stringMatching(/settings/), expect.stringMatching(/API_SECRET/)]);
    const found = await contents(dataDir);
    expect(found.subjects).toContainEqual(
      expect.objectContaining({ _id: docs.subjects![0]!._id, name: 'phone', roles: ['readable'] })
    );
    for (const [name, list] of Object.entries(overV1)) expect(inOrder(found[name]), name).toEqual(inOrder(list));

    // again: nothing is doubled, nothing changes
    const before = await hashOf(dataDir);
    const again = await vigil(['import', site.url, '--secret', API_SECRET, '--json'], { DATA_DIR: dataDir });
    expect(again.code).toBe(0);
    expect(Object.values(again.result.totals).every((count) => count.new + count.changed + count.refused === 0)).toBe(true);
    expect(await hashOf(dataDir)).toBe(before);
  });

  it('over v3 with an access token: every document with its identifier and times, soft-deleted ones too', async () => {
    const dataDir = place.make();
    const first = await vigil(['import', site.url, '--json'], { DATA_DIR: dataDir, IMPORT_TOKEN: token });
    expect(first.err).not.toMatch(/refused|wrong/i);
    expect(first.code).toBe(0);
    expect(allNew(first.result)).toEqual(expected());
    const found = await contents(dataDir);
    for (const [name, list] of Object.entries({ ...overV1, settings: docs.settings! })) {
      expect(overV3(found[name]), name).toEqual(overV3(list));
      expect(
        found[name]!.every(({ _id }) => _id),
        name
      ).toBe(true);
    }
    const before = await hashOf(dataDir);
    const again = await vigil(['import', site.url, '--json', '--token', token], { DATA_DIR: dataDir });
    expect(Object.values(again.result.totals).every((count) => count.new + count.changed === 0)).toBe(true);
    expect(await hashOf(dataDir)).toBe(before);
  });

  it('brings only the collections and days that are asked for', async () => {
    const dataDir = place.make();
    const [from, to] = [END - 3 * DAY, END - 2 * DAY].map((ms) => new Date(ms).toISOString().slice(0, 10)) as [string, string];
    const done = await vigil(
      ['import', site.url, '--secret', API_SECRET, '--json', '--collections', 'entries', '--from', from, '--to', to],
      { DATA_DIR: dataDir }
    );
    expect(Object.keys(done.result.totals)).toEqual(['entries']);
    expect(Object.keys(done.result.days.entries!).sort()).toEqual([from, to]);
    expect(done.result.totals.entries!.new).toBe(2 * 96);
  });

  it('says what is wrong with a credential, and stores nothing', async () => {
    const dataDir = place.make();
    const wrong = await vigil(['import', site.url, '--token', 'nobody-0123456789abcdef'], { DATA_DIR: dataDir });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('does not know this access token') });
    const none = await vigil(['import', site.url], { DATA_DIR: dataDir });
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('does not let us read') });
  });
});
