import { type Check, must, Skipped } from '../check.ts';
import { isObject, type Probe } from '../probe.ts';

type Doc = Record<string, unknown>;
const MONTH_MS = 30 * 86_400_000;

/** Entries of the last month, newest first. */
const recent = (probe: Probe, query = 'count=20'): Promise<Doc[]> =>
  probe.list(`/api/v1/entries.json?find%5Bdate%5D%5B$gte%5D=${probe.visit.now() - MONTH_MS}&${query}`);

const timesOf = (docs: readonly Doc[]): number[] => docs.map(({ date }) => Number(date));
const descends = (times: readonly number[]): boolean => times.every((at, n) => n === 0 || at <= times[n - 1]!);

/** A bound with readings on both sides of it. @throws Skipped when there are too few */
async function middle(probe: Probe): Promise<number> {
  const times = [...new Set(timesOf(await recent(probe)))];
  if (times.length < 3) throw new Skipped('the site has fewer than three readings of the last month');
  return times[Math.floor(times.length / 2)]!;
}

async function rows(probe: Probe, extension: string): Promise<{ lines: string[]; type: string }> {
  const answer = await probe.get(`/api/v1/entries.${extension}?count=3`);
  must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
  return { lines: answer.text.split(/\r?\n/).filter(Boolean), type: answer.headers.get('content-type') ?? '' };
}

const table = (extension: string, type: RegExp, row: RegExp): Check => ({
  id: `v1-${extension}`,
  title: `entries.${extension} has a line for each reading: date, time, value, direction, device`,
  apps: [],
  needs: ['read'],
  async run(probe) {
    const { lines, type: sent } = await rows(probe, extension);
    must(type.test(sent), `entries.${extension} is sent as ${sent || 'nothing'}`);
    must(
      lines.every((line) => row.test(line)),
      `entries.${extension} has a line that is no reading`
    );
  }
});

/** Reading glucose over v1. */
export const V1_ENTRIES: readonly Check[] = [
  {
    id: 'v1-entries',
    title: 'entries.json lists documents with _id, date and type',
    apps: ['Loop', 'xDrip+', 'LoopFollow', 'nightguard'],
    needs: ['read'],
    async run(probe) {
      const docs = await probe.list('/api/v1/entries.json');
      must(docs.length <= 10, `entries.json without count answered ${docs.length} documents instead of 10`);
      for (const doc of docs)
        must(
          typeof doc._id === 'string' && typeof doc.date === 'number',
          'an element of entries.json has no _id in text or no date in numbers'
        );
      if (!descends(timesOf(docs))) probe.remark('entries.json is not newest first');
    }
  },
  {
    id: 'v1-entries-count',
    title: 'count bounds the list, newest first',
    apps: ['Loop', 'Trio', 'xDrip+', 'xDrip4iOS', 'LoopFollow', 'nightguard'],
    needs: ['read'],
    async run(probe) {
      const all = await recent(probe, 'count=5');
      const two = await recent(probe, 'count=2');
      must(two.length === Math.min(2, all.length), `count=2 answered ${two.length} of ${all.length} documents`);
      must(descends(timesOf(all)), 'entries come in another order than newest first');
    }
  },
  {
    id: 'v1-entries-gt',
    title: 'find[date][$gt] is strict: followers ask for what is newer than the last they know',
    apps: ['xDrip+', 'nightguard'],
    needs: ['read'],
    async run(probe) {
      const bound = await middle(probe);
      const found = timesOf(await probe.list(`/api/v1/entries.json?find[date][$gt]=${bound}&count=1000&rr=1`));
      must(found.length > 0, 'find[date][$gt] found nothing, though there are newer readings');
      must(
        found.every((at) => at > bound),
        'find[date][$gt] answers what is not newer'
      );
    }
  },
  {
    id: 'v1-entries-lte',
    title: 'find[date][$lte] and [$gte] include their bounds, also with a fraction',
    apps: ['nightguard', 'LoopFollow'],
    needs: ['read'],
    async run(probe) {
      const bound = await middle(probe);
      const query = `find%5Bdate%5D%5B$gte%5D=${bound}.0&find%5Bdate%5D%5B$lte%5D=${bound}.0&count=10`;
      const found = timesOf(await probe.list(`/api/v1/entries.json?${query}`));
      must(
        found.length > 0 && found.every((at) => at === bound),
        'find[date] between two equal bounds does not answer that reading'
      );
    }
  },
  {
    id: 'v1-entries-datestring',
    title: 'find[dateString][$gte] compares times, not letters',
    apps: ['Loop', 'Trio', 'LoopFollow'],
    needs: ['read'],
    async run(probe) {
      const bound = new Date(await middle(probe)).toISOString().replace(/\.\d+Z$/, 'Z');
      const docs = await probe.list(`/api/v1/entries.json?find%5BdateString%5D%5B$gte%5D=${bound}&count=1000`);
      must(
        docs.every(isObject) && timesOf(docs).every((at) => at >= Date.parse(bound)),
        'find[dateString][$gte] answers older ones'
      );
      if (docs.length === 0) probe.remark('find[dateString] finds nothing: readings uploaded over v3 have no dateString here');
    }
  },
  {
    id: 'v1-entries-ne',
    title: 'find[type][$ne]=cal leaves calibrations out',
    apps: ['LoopFollow'],
    needs: ['read'],
    async run(probe) {
      const docs = await recent(probe, 'count=50&find%5Btype%5D%5B$ne%5D=cal');
      must(
        docs.every(({ type }) => type !== 'cal'),
        'find[type][$ne]=cal answers calibrations'
      );
    }
  },
  {
    id: 'v1-entries-sgv',
    title: 'entries/sgv.json lists sensor readings only, their value a number',
    apps: ['Trio', 'xDrip4iOS'],
    needs: ['read'],
    async run(probe) {
      const docs = await probe.list('/api/v1/entries/sgv.json?count=20');
      must(
        docs.every(({ type, sgv }) => type === 'sgv' && typeof sgv === 'number'),
        'entries/sgv.json answers something else than readings with a number'
      );
    }
  },
  {
    id: 'v1-entries-accept',
    title: 'entries without .json is JSON for who accepts JSON',
    apps: ['Loop', 'xDrip+'],
    needs: ['read'],
    async run(probe) {
      await probe.list('/api/v1/entries?count=1');
    }
  },
  {
    id: 'v1-entries-304',
    title: 'If-Modified-Since is answered by an empty 304, or by the list',
    apps: ['xDrip+'],
    needs: ['read'],
    async run(probe) {
      const first = await probe.get('/api/v1/entries.json?count=1');
      const since = first.headers.get('last-modified');
      if (!since) throw new Skipped('the site has no readings, or tells no Last-Modified');
      const again = await probe.get('/api/v1/entries.json?count=1', { headers: { 'if-modified-since': since } });
      must(again.status === 304 || again.status === 200, `entries.json answered ${again.status} to If-Modified-Since`);
      must(again.status === 200 || again.text === '', 'a 304 has a body');
      if (again.status === 200) probe.remark('If-Modified-Since saves nothing');
    }
  },
  table('csv', /^text\/csv/, /^("[^"]*")?,\d+,/),
  table('tsv', /^text\/tab-separated-values/, /^("[^"]*")?\t\d+\t/),
  table('txt', /^text\/plain/, /^("[^"]*")?\t\d+\t/)
];
