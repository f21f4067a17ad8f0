import { midnights, statsOf } from './day-stats.js';
import { byId, el, table } from './dom.js';
import { glucose, unitOf } from './format.js';
import { api, enter } from './session.js';

const DAYS = 7;
/** A sensor that reports every minute has 1440 readings a day; two of them, twice that. */
const MOST = 5000;

const percent = (value) => `${Math.round(value)} %`;

function rowOf(name, stats, units) {
  if (!stats) return [name, '–', '–', '–', '–', '–', '–', '–', 'no data'];
  return [
    name,
    glucose(stats.average, units),
    el(
      'span',
      { class: 'share' },
      el('meter', { min: 0, max: 100, value: Math.round(stats.inRange), 'aria-hidden': 'true' }),
      percent(stats.inRange)
    ),
    percent(stats.low),
    percent(stats.high),
    glucose(stats.deviation, units),
    glucose(stats.lowest, units),
    glucose(stats.highest, units),
    percent(stats.coverage)
  ];
}

async function readDay(from, to) {
  const query = new URLSearchParams({ 'find[date][$gte]': String(from), 'find[date][$lt]': String(to), count: String(MOST) });
  return api(`/api/v1/entries/sgv.json?${query}`);
}

const { settings, serverTimeEpoch: now } = await enter(() => api('/api/v1/status.json'));
const { units, thresholds } = settings;
const borders = midnights(now, DAYS);
const days = [];
for (let at = 0; at < DAYS; at += 1) {
  byId('progress').textContent = `Reading day ${at + 1} of ${DAYS} …`;
  days.push(await enter(() => readDay(borders[at], borders[at + 1])));
}

const whole = statsOf(days.flat(), { from: borders[0], to: borders[DAYS], now, thresholds });
const rows = days.map((entries, at) => {
  const name = new Date(borders[at]).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
  return rowOf(name, statsOf(entries, { from: borders[at], to: borders[at + 1], now, thresholds }), units);
});
const heads = ['Day', 'Average', 'In range', 'Low', 'High', 'SD', 'Lowest', 'Highest', 'Covered'];

byId('progress').textContent = whole
  ? `Average ${glucose(whole.average, units)} ${unitOf(units)}, ${percent(whole.inRange)} in range, ${percent(whole.low)} low, ${percent(whole.high)} high.`
  : 'There are no glucose readings in the last seven days.';
byId('legend').textContent =
  `Values in ${unitOf(units)}. In range: ${glucose(thresholds.bgTargetBottom, units)} to ${glucose(thresholds.bgTargetTop, units)}. ` +
  'Days are those of this device’s time zone. Each five minutes count once. Covered: part of the day with readings; below about 70 % a day says little.';
if (whole) {
  byId('table').replaceChildren(
    table('The last seven days', heads, [...rows.reverse(), rowOf('All seven', whole, units)], { titled: true })
  );
}
