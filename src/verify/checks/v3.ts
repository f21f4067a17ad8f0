import * as z from 'zod';
import { APPS, type App, type Check, must, Skipped } from '../check.ts';
import { fits, isObject, type Probe } from '../probe.ts';

const AAPS: readonly App[] = APPS.filter((app) => app === 'AAPS');
const MONTH_MS = 30 * 86_400_000;
const DOC = z.looseObject({ identifier: z.string(), date: z.number() });
type Doc = z.infer<typeof DOC>;

const entries = async (probe: Probe, query: string): Promise<Doc[]> =>
  fits(await probe.v3(`/api/v3/entries?${query}`), z.array(DOC), 'a search on v3');

const ascends = (values: readonly number[]): boolean => values.every((value, n) => n === 0 || value >= values[n - 1]!);

/** Dates of the last month, oldest first. @throws Skipped when there are too few to tell */
async function dates(probe: Probe): Promise<number[]> {
  const docs = await entries(probe, `sort=date&date$gt=${probe.visit.now() - MONTH_MS}&limit=10`);
  if (docs.length < 3) throw new Skipped('the site has fewer than three readings of the last month');
  return docs.map(({ date }) => date);
}

/** Reading over v3. */
export const V3_CHECKS: readonly Check[] = [
  {
    id: 'v3-version',
    title: 'version tells versions, storage and clock to everybody',
    apps: [],
    needs: [],
    async run(probe) {
      const result = await probe.v3('/api/v3/version', { as: 'stranger' });
      fits(result, z.looseObject({ version: z.string(), apiVersion: z.string(), srvDate: z.number() }), 'v3 version');
    }
  },
  {
    id: 'v3-status',
    title: 'status tells versions, clock, storage and rights for six collections, none of them empty',
    apps: AAPS,
    needs: ['token'],
    async run(probe) {
      const right = z.string();
      const permissions = z.looseObject({
        devicestatus: right,
        entries: right,
        food: right,
        profile: right,
        treatments: right
      });
      const status = fits(
        await probe.v3('/api/v3/status'),
        z.looseObject({
          version: z.string(),
          apiVersion: z.string(),
          srvDate: z.number().int(),
          storage: z.looseObject({ storage: z.string(), version: z.string() }),
          apiPermissions: permissions
        }),
        'v3 status'
      );
      if (!Object.values(status.apiPermissions).every((given) => given === 'crud'))
        probe.remark('with this token AAPS only reads: uploading needs the role admin');
    }
  },
  {
    id: 'v3-status-fresh',
    title: 'status and lastModified are not kept by the cache of AAPS',
    apps: AAPS,
    needs: ['token'],
    async run(probe) {
      for (const path of ['/api/v3/status', '/api/v3/lastModified']) {
        const { headers } = await probe.get(path, { as: 'jwt' });
        must(
          !headers.has('last-modified') || /no-store|no-cache/.test(headers.get('cache-control') ?? ''),
          `${path} has Last-Modified without Cache-Control: the app goes on with an old answer`
        );
      }
    }
  },
  {
    id: 'v3-last-modified',
    title: 'lastModified tells the clock and the last change of each collection',
    apps: AAPS,
    needs: ['token'],
    async run(probe) {
      const collections = z.record(z.string(), z.number().int());
      fits(await probe.v3('/api/v3/lastModified'), z.looseObject({ srvDate: z.number().int(), collections }), 'v3 lastModified');
    }
  },
  {
    id: 'v3-search',
    title: 'a search answers documents with identifier and date',
    apps: AAPS,
    needs: ['token'],
    async run(probe) {
      await entries(probe, 'limit=5');
    }
  },
  {
    id: 'v3-sort',
    title: 'sort=date rises, sort$desc=date falls',
    apps: AAPS,
    needs: ['token'],
    async run(probe) {
      must(ascends(await dates(probe)), 'sort=date does not rise');
      const down = await entries(probe, 'sort$desc=date&limit=10');
      must(ascends(down.map(({ date }) => -date)), 'sort$desc=date does not fall');
    }
  },
  {
    id: 'v3-limit-skip',
    title: 'limit bounds a page, skip turns it',
    apps: [],
    needs: ['token'],
    async run(probe) {
      const known = await dates(probe);
      const from = `sort=date&date$gt=${known[0]! - 1}`;
      const page = await entries(probe, `${from}&limit=1`);
      const next = await entries(probe, `${from}&limit=1&skip=1`);
      must(page.length === 1 && next.length === 1, `limit=1 answered ${page.length} and ${next.length} documents`);
      must(page[0]!.identifier !== next[0]!.identifier, 'skip=1 answers the same document again');
    }
  },
  {
    id: 'v3-fields',
    title: 'fields answers these fields only',
    apps: [],
    needs: ['token'],
    async run(probe) {
      const docs = fits(await probe.v3('/api/v3/entries?fields=date,type&limit=3'), z.array(z.looseObject({})), 'fields on v3');
      must(
        docs.every((doc) => Object.keys(doc).every((name) => name === 'date' || name === 'type')),
        'fields=date,type answers other fields, too'
      );
    }
  },
  {
    id: 'v3-filter-gt',
    title: 'date$gt is strict, so that paging comes to its end',
    apps: AAPS,
    needs: ['token'],
    async run(probe) {
      const known = await dates(probe);
      const bound = known[1]!;
      const newer = await entries(probe, `sort=date&date$gt=${bound}&limit=5`);
      must(
        newer.length > 0 && newer.every(({ date }) => date > bound),
        'date$gt answers what is not newer: AAPS would ask for ever'
      );
    }
  },
  {
    id: 'v3-history',
    title: 'HISTORY rises strictly by srvModified, with an ETag AAPS can read, or none',
    apps: AAPS,
    needs: ['token'],
    async run(probe) {
      const page = async (after: number) => {
        const answer = await probe.get(`/api/v3/entries/history/${after}?limit=3`, { as: 'jwt' });
        must(answer.status === 200, `HISTORY answered ${answer.status}`);
        const etag = answer.headers.get('etag');
        must(!etag || /^W\/"\d+"$/.test(etag), 'the ETag of HISTORY is not W/"<ms>": AAPS loses the page');
        const shape = z.array(z.looseObject({ identifier: z.string(), srvModified: z.number().int() }));
        const changes = fits(answer.json(), z.looseObject({ result: shape }), 'HISTORY').result.map(
          ({ srvModified }) => srvModified
        );
        must(ascends(changes) && changes.every((at) => at > after), 'HISTORY is not newer than asked, or not in order');
        return changes;
      };
      const first = await page(probe.visit.now() - MONTH_MS);
      if (first.length > 0) await page(first.at(-1)!);
    }
  },
  {
    id: 'v3-not-found',
    title: 'what is not there is 404 in the envelope',
    apps: AAPS,
    needs: ['token'],
    async run(probe) {
      const answer = await probe.get('/api/v3/treatments/vigil-verify-is-not-there', { as: 'jwt' });
      const body = answer.json();
      must(
        answer.status === 404 && isObject(body) && body.status === 404,
        `a document that is not there is answered ${answer.status}, or without the envelope`
      );
    }
  },
  {
    id: 'v3-bad-query',
    title: 'a bad parameter is 400 with a message',
    apps: [],
    needs: ['token'],
    async run(probe) {
      const answer = await probe.get('/api/v3/entries?limit=many', { as: 'jwt' });
      const body = answer.json();
      must(
        answer.status === 400 && isObject(body) && typeof body.message === 'string',
        `limit=many is answered ${answer.status}, or without a message`
      );
    }
  }
];
