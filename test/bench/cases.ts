import type { Options } from 'autocannon';
import { deviceStatus, entry, type Maker, tempBasal, v3Entry } from './documents.ts';
import { neverAsked, posting } from './rate.ts';
import type { Site } from './site.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 2000-01-01, epoch ms. */
const AGES_AGO = 946_684_800_000;

/** Something apps read. */
export interface Read {
  readonly name: string;
  readonly path: string;
  readonly who: 'secret' | 'bearer';
  /** Least share of the bare Express route's rate; absent: watched. */
  readonly least?: number;
  /** With the ETag of the answer before: 304. */
  readonly poll?: true;
  /** The same question in other words for each n, so that no cache knows it: absent where there are none. */
  readonly reworded?: (n: number) => string;
  /** Asked like that. */
  readonly unseen?: true;
}

/** Something apps upload. */
export interface Upload {
  readonly name: string;
  readonly path: string;
  readonly who: 'secret' | 'bearer';
  readonly make: (end: number) => Maker;
  readonly least?: number;
}

const ENTRIES_10 = '/api/v1/entries.json?count=10';
const SGV_288 = '/api/v1/entries/sgv.json?count=288';
const TREATMENTS_100 = '/api/v1/treatments.json?count=100';
const SEARCH_100 = '/api/v3/entries?sort$desc=date&limit=100';
const HISTORY = '/api/v3/treatments/history';

/** xDrip+ adds `rr=<ms>` like this. */
const rr =
  (path: string) =>
  (n: number): string =>
    `${path}&rr=${n}`;

/**
 * What apps read.
 * @param end the latest reading, epoch ms
 * @param old days back from there the old range lies
 */
export const reads = (end: number, old = 180): readonly Read[] => {
  const oldRange = `/api/v1/entries.json?count=1000&find[date][$lte]=${end - old * DAY}`;
  const statuses = '/api/v1/devicestatus.json?count=10';
  return [
    { name: 'v1 entries count=10', path: ENTRIES_10, reworded: rr(ENTRIES_10), who: 'secret', least: 0.7 },
    { name: 'v1 sgv count=288', path: SGV_288, reworded: rr(SGV_288), who: 'secret', least: 0.5 },
    { name: `v1 entries, 1000 of ${old} days ago`, path: oldRange, reworded: rr(oldRange), who: 'secret' },
    { name: 'v1 treatments count=100', path: TREATMENTS_100, reworded: rr(TREATMENTS_100), who: 'secret', least: 0.5 },
    { name: 'v1 devicestatus count=10', path: statuses, reworded: rr(statuses), who: 'secret' },
    {
      name: 'v3 search of 100 entries',
      path: SEARCH_100,
      reworded: (n) => `${SEARCH_100}&date$gte=${n}`,
      who: 'bearer',
      least: 0.5
    },
    {
      name: 'v3 HISTORY of 100 treatments from the beginning',
      path: `${HISTORY}/${AGES_AGO + 1}?limit=100`,
      reworded: (n) => `${HISTORY}/${AGES_AGO + 1 + n}?limit=100`,
      who: 'bearer'
    },
    // what AAPS asks all day
    {
      name: 'v3 HISTORY of the last hour',
      path: `${HISTORY}/${end - HOUR}?limit=100`,
      reworded: (n) => `${HISTORY}/${end - HOUR + (n % HOUR)}?limit=100`,
      who: 'bearer'
    },
    { name: 'v3 lastModified', path: '/api/v3/lastModified', who: 'bearer', least: 0.7 },
    { name: 'status', path: '/api/v1/status.json', who: 'secret', least: 0.7 },
    { name: 'v2 properties', path: '/api/v2/properties', who: 'secret' },
    { name: 'pebble', path: '/pebble', who: 'secret' }
  ];
};

/** A read again with the ETag of its answer. */
export const pollsOf = ({ name, path, who, least }: Read): Read => ({
  name: `304 polls of ${name}`,
  path,
  who,
  ...(least !== undefined && { least }),
  poll: true
});

/** Some of them again, in ways that depend on what was answered before, or go around it. */
export const variantsOf = (cases: readonly Read[]): readonly Read[] => {
  const [first] = cases;
  const unseen = cases.filter(({ reworded }) => reworded).map((read) => ({ ...read, unseen: true as const, least: undefined }));
  return [pollsOf(first!), ...unseen.map(({ least: _, ...read }) => ({ ...read, name: `${read.name}, never asked before` }))];
};

export const UPLOADS: readonly Upload[] = [
  { name: 'one v1 entry', path: '/api/v1/entries.json', who: 'secret', make: entry, least: 0.5 },
  { name: 'one v1 treatment', path: '/api/v1/treatments.json', who: 'secret', make: tempBasal, least: 0.5 },
  { name: 'one v1 device status', path: '/api/v1/devicestatus.json', who: 'secret', make: deviceStatus },
  { name: 'one v3 entry', path: '/api/v3/entries', who: 'bearer', make: v3Entry, least: 0.5 }
];

const headersOf = (site: Site | undefined, who: Read['who']): Record<string, string> => ({
  accept: 'application/json',
  ...site?.[who]
});

/** The answer to a question as it comes now. */
export const answerTo = (site: Site, { path, who }: Read): Promise<Response> =>
  fetch(site.url + path, { headers: headersOf(site, who) });

/**
 * The requests of one case.
 * @param site whose credentials go with it; none: a bare server, which knows `path` and nothing behind a question mark
 */
export async function asking(url: string, path: string, { who, poll, unseen, reworded }: Read, site?: Site): Promise<Options> {
  const headers = headersOf(site, who);
  if (unseen && reworded && site) return neverAsked(url, reworded, headers);
  if (!poll) return { url: url + path, headers };
  const answer = await fetch(url + path, { headers });
  await answer.arrayBuffer();
  return { url: url + path, headers: { ...headers, 'if-none-match': answer.headers.get('etag') ?? '' } };
}

export const uploading = ({ path, who, make }: Upload, site: Site, end: number): Options =>
  posting(site.url + path, make(end), site[who]);
