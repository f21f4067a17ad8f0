import { activeProfile, minuteOf, schedule } from './active-profile.js';
import { newestProfile, switchesOf } from './in-force.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;

/**
 * Basal as it ran and as it was planned, U/h, read off at regular instants.
 * @param data treatments and profiles as the root socket sends them
 * @param options.from, options.to, options.step epoch ms, ms
 * @returns `[{ at, rate, planned }]`; undefined where it is not known
 */
export function basalOf(data, { from, to, step }) {
  const temps = data.treatments
    .filter(({ eventType, mills }) => /temp basal/i.test(String(eventType)) && mills < to)
    .sort((a, b) => a.mills - b.mills);
  const planned = plannedOf(data, from);
  const out = [];
  let next = 0;
  for (let at = from; at <= to; at += step) {
    while (next < temps.length && temps[next].mills <= at) next += 1;
    const usual = planned(at);
    out.push({ at, rate: rateOf(temps[next - 1], at, usual), planned: usual });
  }
  return out;
}

/** A temp basal holds until it ends or the next one begins; one without duration ends the one before. */
function rateOf(temp, at, usual) {
  if (!temp || at >= temp.mills + (Number(temp.duration) || 0) * MINUTE) return usual;
  const absolute = temp.absolute ?? temp.rate;
  if (absolute !== undefined && absolute !== null && Number.isFinite(Number(absolute))) return Number(absolute);
  const percent = Number(temp.percent);
  return usual !== undefined && Number.isFinite(percent) ? (usual * (100 + percent)) / 100 : usual;
}

/** What the profile in force says at an instant; looked up again only where a switch could change it. */
function plannedOf(data, from) {
  const record = newestProfile(data);
  const switches = switchesOf(data);
  const borders = switches
    .flatMap(({ mills, duration }) => [mills, mills + Number(duration) * MINUTE])
    .filter((at) => at > from)
    .sort((a, b) => a - b);
  let until = Number.NEGATIVE_INFINITY;
  let rateAt = () => undefined;
  return (at) => {
    if (at >= until) {
      until = borders.find((border) => border > at) ?? Number.POSITIVE_INFINITY;
      rateAt = scheduled(activeProfile(record, switches, at));
    }
    return rateAt(at);
  };
}

function scheduled(profile) {
  const steps = schedule(profile?.values?.basal)
    .map(({ time, value }) => ({ minute: minuteOf(time), rate: Number(value) }))
    .filter(({ minute, rate }) => Number.isFinite(minute) && Number.isFinite(rate))
    .sort((a, b) => a.minute - b.minute);
  if (steps.length === 0) return () => undefined;
  const factor = profile.isScaled ? (profile.percentage ?? 100) / 100 : 1;
  const minutesAt = wallClock(profile.values.timezone);
  return (at) => {
    const minute = minutesAt(at);
    // before the first time of a schedule the last of the day before holds
    return (steps.findLast((step) => step.minute <= minute) ?? steps.at(-1)).rate * factor;
  };
}

/** Minutes since midnight where the profile is; asked once an hour, clocks change on the hour. */
function wallClock(timeZone) {
  let format;
  try {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  } catch {
    format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  }
  const known = new Map();
  return (at) => {
    const hour = Math.floor(at / HOUR);
    if (!known.has(hour)) known.set(hour, minuteOf(format.format(hour * HOUR)));
    return (known.get(hour) + (at % HOUR) / MINUTE) % 1440;
  };
}
