import { rangeOf } from './format.js';

const SLOT_MS = 5 * 60_000;

/** Midnights (local time, epoch ms) of the last days, oldest first, and the end of the last one. */
export function midnights(now, days) {
  const today = new Date(now);
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  return Array.from({ length: days + 1 }, (_, at) => new Date(year, month, day - days + 1 + at).getTime());
}

/**
 * What the readings of a time say. Each five minutes count once, so that a sensor that reports every minute, or two apps that
 * upload the same sensor, weigh no more than others; error codes do not count.
 * @param entries `{ date, sgv }`, ms and mg/dl
 * @returns mg/dl and percentages; `coverage`: part of the time with readings; undefined without readings
 */
export function statsOf(entries, { from, to, now, thresholds }) {
  const readings = entries
    .map(({ date, sgv }) => ({ date, sgv: Number(sgv) }))
    .filter(({ date, sgv }) => date >= from && date < to && sgv >= 39);
  if (readings.length === 0) return undefined;
  const slots = new Map();
  for (const { date, sgv } of readings) {
    const slot = Math.floor((date - from) / SLOT_MS);
    const { sum = 0, count = 0 } = slots.get(slot) ?? {};
    slots.set(slot, { sum: sum + sgv, count: count + 1 });
  }
  const values = [...slots.values()].map(({ sum, count }) => sum / count);
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
  const percent = (...ranges) =>
    (100 * values.filter((value) => ranges.includes(rangeOf(value, thresholds))).length) / values.length;
  return {
    readings: readings.length,
    average,
    deviation: Math.sqrt(variance),
    lowest: Math.min(...readings.map(({ sgv }) => sgv)),
    highest: Math.max(...readings.map(({ sgv }) => sgv)),
    low: percent('low', 'urgent-low'),
    inRange: percent('in-range'),
    high: percent('high', 'urgent-high'),
    coverage: Math.min(100, (100 * slots.size) / Math.max(1, Math.ceil((Math.min(to, now) - from) / SLOT_MS)))
  };
}
