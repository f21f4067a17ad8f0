import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onMongo } from '../support/store.ts';
import { createV3Kit, reading, type V3Kit } from './v3-kit.ts';

let kit: V3Kit;
beforeAll(async () => {
  kit = await createV3Kit();
  await kit.post(
    '/entries',
    reading({
      identifier: 'f-1',
      nested: { a: 1, b: ['x', { c: 2 }] },
      quote: 'say "hi", ok',
      line: 'a\nb',
      empty: '',
      nul: null,
      yes: true,
      no: false,
      amp: '<&>',
      _a: 'at',
      foods: [1]
    })
  );
  await kit.post('/entries', reading({ identifier: 'f-2', date: 1_707_552_300_000, sgv: 115, other: 5 }));
  await kit.post('/food', reading({ identifier: 'a.b' }));
  await kit.post('/food', reading({ identifier: 'c.json', sgv: 1 }));
  await kit.post('/food', reading({ identifier: 'c', sgv: 2 }));
});
afterAll(() => kit.close());

const UNSUPPORTED = { status: 406, message: 'Unsupported output format requested' };
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

describe('output formats (rest-v3 §9)', () => {
  it.each([
    ['/entries', undefined, 'application/json'],
    ['/entries', '*/*', 'application/json'],
    ['/entries', 'application/*', 'application/json'],
    ['/entries', BROWSER, 'application/json'],
    ['/entries', 'text/csv', 'text/csv'],
    ['/entries', 'text/*', 'text/csv'],
    ['/entries', 'application/xml', 'application/xml'],
    ['/entries', 'application/json;q=0.1, text/csv', 'text/csv'],
    ['/entries.csv', 'application/xml', 'text/csv'],
    ['/entries.JSON', 'text/csv', 'application/json'],
    ['/entries/f-1.csv', undefined, 'text/csv'],
    ['/entries/history/1000000000000.xml', undefined, 'application/xml'],
    ['/status.xml', undefined, 'application/json'],
    ['/lastModified.csv', undefined, 'application/json'],
    ['/version.json', undefined, 'application/json']
  ])('%s with Accept %s is %s', async (path, accept, type) => {
    const request = kit.get(path);
    if (accept) request.set('Accept', accept);
    expect((await request.expect(200)).headers['content-type']).toBe(`${type}; charset=utf-8`);
  });

  it.each([
    ['/entries', 'text/html'],
    ['/entries', 'text/xml'],
    ['/entries', 'image/png'],
    ['/entries.txt', undefined],
    ['/entries.html', undefined],
    ['/entries.tar.gz', undefined],
    ['/entries.zzz', undefined],
    ['/entries/f-1.pdf', undefined]
  ])('%s with Accept %s is 406', async (path, accept) => {
    const request = kit.get(path);
    if (accept) request.set('Accept', accept);
    expect((await request.expect(406)).body).toEqual(UNSUPPORTED);
  });

  it('an unknown extension is 406 before anybody is asked who they are', () =>
    kit.get('/entries.zzz', null).expect(406, UNSUPPORTED));

  it('CSV: the first document names the columns', async () => {
    expect((await kit.get('/entries.csv?sort=date&fields=identifier,sgv,other')).text).toBe('sgv,identifier\n110,f-1\n115,f-2\n');
    expect((await kit.get('/entries/f-1.csv?fields=identifier,quote,line,empty,nul,yes,no,nested')).text).toBe(
      'identifier,nested,quote,line,empty,nul,yes,no\nf-1,"{""a"":1,""b"":[""x"",{""c"":2}]}","say ""hi"", ok","a\nb",,,1,\n'
    );
    expect((await kit.get('/entries.csv?sgv=9999')).text).toBe('');
  });

  it('XML', async () => {
    const prolog = "<?xml version='1.0' encoding='utf-8'?>\n";
    expect(
      (await kit.get('/entries/f-1.xml?fields=identifier,nested,empty,nul,yes,amp,foods,_a').responseType('text')).body.toString()
    ).toBe(
      `${prolog}<item a="at">\n  <identifier>f-1</identifier>\n  <nested>\n    <a>1</a>\n    <b>\n      <b>x</b>\n      <b>\n        <c>2</c>\n      </b>\n    </b>\n  </nested>\n` +
        '  <empty />\n  <nul />\n  <yes>true</yes>\n  <amp>&lt;&amp;&gt;</amp>\n  <foods>\n    <food>1</food>\n  </foods>\n</item>\n'
    );
    expect((await kit.get('/entries.xml?sgv=115&fields=sgv').responseType('text')).body.toString()).toBe(
      `${prolog}<items>\n  <item>\n    <sgv>115</sgv>\n  </item>\n</items>\n`
    );
    expect((await kit.get('/entries.xml?sgv=9999').responseType('text')).body.toString()).toBe(`${prolog}<items />\n`);
  });

  it('a dot in an identifier is legal, and the literal reading comes first (D13)', async () => {
    const sgv = async (path: string) => (await kit.get(path).expect(200)).body.result.sgv;
    expect(await sgv('/food/a.b')).toBe(110);
    expect(await sgv('/food/a%2Eb')).toBe(110);
    expect(await sgv('/food/c.json')).toBe(1);
    expect(await sgv('/food/c')).toBe(2);
    await kit.patch('/food/a.b', { n: 1 }).expect(200);
    await kit.get('/food/nosuch.json').expect(404, { status: 404 });
  });

  it('errors are JSON whatever was asked for', async () => {
    const { body, headers } = await kit.get('/entries/nosuch.csv').set('Accept', 'text/csv').expect(404);
    expect([body, headers['content-type']]).toEqual([{ status: 404 }, 'application/json; charset=utf-8']);
  });
});

describe('READ and its conditions (rest-v3 §10, §11.6)', () => {
  it('304 within the second of If-Modified-Since; fields never falsify the time (Q5)', async () => {
    const { headers, body } = await kit.get('/entries/f-1?fields=identifier').expect(200);
    expect(body.result).toEqual({ identifier: 'f-1' });
    const { srvModified } = (await kit.get('/entries/f-1')).body.result;
    expect(headers['last-modified']).toBe(new Date(srvModified).toUTCString());
    const not = await kit.get('/entries/f-1').set('If-Modified-Since', headers['last-modified']!).expect(304);
    expect([not.text, not.headers['last-modified']]).toEqual(['', headers['last-modified']]);
    await kit
      .get('/entries/f-1')
      .set('If-Modified-Since', new Date(srvModified - 2000).toUTCString())
      .expect(200);
    await kit.get('/entries/f-1').set('If-Modified-Since', 'garbage').expect(200);
  });

  it('fields do not bring a deleted document back (Q5)', async () => {
    await kit.post('/entries', reading({ identifier: 'gone' }));
    await kit.delete('/entries/gone');
    await kit.get('/entries/gone?fields=sgv').expect(410, { status: 410 });
  });
});

describe('headers and routes (rest-v3 §1, §20)', () => {
  it('no ETag but on HISTORY: AAPS throws pages with any other ETag away', async () => {
    for (const path of ['/entries', '/profile', '/entries/f-1', '/status', '/version', '/lastModified', '/nosuch']) {
      expect((await kit.get(path)).headers, path).not.toHaveProperty('etag');
    }
  });

  it('Vary: Accept where the format is negotiated', async () => {
    for (const path of ['/entries', '/entries/f-1', '/entries/history/1000000000000'])
      expect((await kit.get(path)).headers.vary).toContain('Accept');
  });

  it('HEAD is GET without a body', async () => {
    const get = await kit.get('/entries');
    const head = await kit.head('/entries').expect(200);
    expect([head.text ?? '', head.headers['content-length']]).toEqual(['', get.headers['content-length']]);
  });

  it.each([
    ['get', '/activity'],
    ['get', '/nosuch'],
    ['get', '/'],
    ['get', '/food/history/1/x'],
    ['get', '/swagger.json/x/y/z'],
    ['post', '/status'],
    ['put', '/food'],
    ['patch', '/food'],
    ['delete', '/food'],
    ['options', '/entries'],
    ['delete', '/activity/1']
  ] as const)('%s %s is 404 for everybody', async (method, path) => {
    const request =
      method === 'post' || method === 'put' || method === 'patch' ? kit[method](path, { a: 1 }, null) : kit[method](path, null);
    expect((await request.expect(404)).body).toEqual({ status: 404, message: 'Bad operation or collection' });
  });

  it('any case and one trailing slash', async () => {
    await kit.get('/Entries/').expect(200);
    await kit.get('/LASTMODIFIED').expect(200);
    await kit.get('/Entries/History/1000000000000').expect(200);
  });

  it('garbage in the path is 400', async () => {
    expect((await kit.get('/entries/%zz').expect(400)).body).toEqual({ status: 400, message: expect.any(String) });
  });

  it('a gzipped body is read', async () => {
    const { gzipSync } = await import('node:zlib');
    const body = gzipSync(JSON.stringify(reading({ identifier: 'zipped' })));
    await kit
      .post('/entries')
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((data) => data as unknown as string)
      .send(body as unknown as object)
      .expect(201);
  });
});

describe('VERSION and STATUS (rest-v3 §11.1, §11.2)', () => {
  it('anybody may ask for the version', async () => {
    const { body } = await kit.get('/version', null).expect(200);
    expect(body.result).toEqual({
      version: '15.0.7',
      apiVersion: '3.0.3-alpha',
      srvDate: expect.any(Number),
      storage: { storage: onMongo ? 'mongodb' : 'sqlite', version: expect.stringMatching(/^\d+\.\d+/) },
      server: { name: 'vigil', version: expect.any(String) }
    });
  });

  it.each([
    ['all', 'crud'],
    ['reads', 'r'],
    ['creates', undefined],
    ['nothing', undefined]
  ])('%s sees %s for all six collections (AAPS needs all six)', async (who, letters) => {
    const { apiPermissions } = (await kit.get('/status', who).expect(200)).body.result;
    const six = ['devicestatus', 'entries', 'food', 'profile', 'settings', 'treatments'];
    expect(apiPermissions).toEqual(letters ? Object.fromEntries(six.map((name) => [name, letters])) : {});
  });

  it('/test answers who may read entries', () => kit.get('/test', 'reads').expect(200, ''));
});
