import type { Options } from 'autocannon';
import { entry } from './documents.ts';
import { neverAsked, posting, type Rate, rate } from './rate.ts';
import { seedDays } from './seed.ts';
import type { Grounds } from './servers.ts';
import { startVigil } from './servers.ts';
import { enter, type Site } from './site.ts';
import type { Row, Section } from './table.ts';

const AGES = [
  ['1 month', 30],
  ['1 year', 365],
  ['5 years', 5 * 365]
] as const;
const CROWDS = [1, 4, 16] as const;
/** Five years may cost this much more than a month. */
const MOST = 1.3;
/** Five years at the server's own quality would take a quarter of an hour to compress. */
const QUALITY = 3;

const cases = (site: Site, end: number): Readonly<Record<string, Options>> => ({
  'GET v1 entries count=10': neverAsked(site.url, '/api/v1/entries.json?count=10', site.secret),
  'GET v1 sgv count=288': neverAsked(site.url, '/api/v1/entries/sgv.json?count=288', site.secret),
  'GET v1 treatments count=100': neverAsked(site.url, '/api/v1/treatments.json?count=100', site.secret),
  'GET v1 devicestatus count=10': neverAsked(site.url, '/api/v1/devicestatus.json?count=10', site.secret),
  'GET v3 lastModified': { url: `${site.url}/api/v3/lastModified`, headers: site.bearer },
  'GET v2 properties': { url: `${site.url}/api/v2/properties`, headers: site.secret },
  'POST one v1 entry': posting(`${site.url}/api/v1/entries.json`, entry(end), site.secret)
});

/** Answer times of what apps ask all day, with a month, a year and five years stored. */
export async function measureGrowth(grounds: Grounds, end: number): Promise<Section> {
  const rows: Row[] = [];
  for (const store of grounds.stores) {
    const measured = new Map<string, Map<string, Rate>>();
    for (const [age, days] of AGES) {
      const place = grounds.place(store, `growth${days}`);
      await seedDays(place, days, end, QUALITY);
      const server = await startVigil(place);
      try {
        const site = await enter(server.url);
        for (const [name, options] of Object.entries(cases(site, end)))
          for (const connections of CROWDS) {
            const key = `${name}, ${connections} ${connections === 1 ? 'client' : 'clients'}`;
            const found = await rate({ ...options, connections, duration: 1 });
            measured.set(key, (measured.get(key) ?? new Map()).set(age, found));
          }
      } finally {
        await server.stop();
      }
    }
    for (const [name, byAge] of measured) {
      const ratio = byAge.get('1 month')!.perSecond / byAge.get('5 years')!.perSecond;
      const figures = Object.fromEntries(
        [...byAge].map(([age, { perSecond, p50, p99 }]) => [age, `${perSecond.toFixed(0)}/s (${p50}/${p99} ms)`])
      );
      console.log(store, name, ratio.toFixed(2));
      rows.push({ name: `${store}: ${name}`, target: `≤ ${MOST}×`, figures, ratio: `${ratio.toFixed(2)}×`, met: ratio <= MOST });
    }
  }
  return {
    title: 'Growth',
    method: `Answers per second (median and 99th percentile of the answer time) of questions about the recent past that no cache knows, one second each. The ratio is the time per answer with five years stored over that with a month.`,
    rows
  };
}
