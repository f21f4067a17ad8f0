// Recomputes the properties over a place again and again; prints how long it took, ms.
import { built } from './built.ts';
import { median, quantile } from './rate.ts';

const TIMES = 1000;
const MINUTE = 60_000;
const EVERYTHING =
  'careportal iob cob basal bwp cage sage iage bage ar2 rawbg upbat pump openaps loop override xdripjs dbsize runtimestate bgnow delta direction';

const env = JSON.parse(process.argv[2]!) as Record<string, string>;
const { createServer, readConfig, createCurrent } = await built();
const config = readConfig({
  ...env,
  ENABLE: EVERYTHING,
  HOSTNAME: '127.0.0.1',
  API_SECRET: 'a-secret-for-plugins',
  LOG_LEVEL: 'error'
});
const server = await createServer({ ...config, port: 0 });
const { live, log } = server.services;
let time = Date.now();
const current = createCurrent({ live, log, config, now: () => time });
const times: number[] = [];
let offered = 0;
for (let n = 0; n < TIMES; n++) {
  time += MINUTE;
  const began = performance.now();
  const { properties } = current();
  times.push(performance.now() - began);
  offered = Math.max(offered, Object.keys(properties).length);
}
if (offered < 10) throw new Error(`only ${offered} properties were offered`);
process.stdout.write(JSON.stringify({ p50: median(times), p99: quantile(times, 0.99), first: times[0] }));
await server.close();
process.exit(0);
