import { el } from './dom.js';
import { ago } from './format.js';

const MINUTE = 60_000;
/** Insulin and carbs on board older than this are marked, ms. */
const OLD_MS = 15 * MINUTE;
/** Levels of the server's plugins: 1 warning, 2 urgent. */
const LEVELS = { 1: 'warn', 2: 'urgent' };
/** What devices decided, in words; the server's own are those of the reference, misspelling included. */
const DECISIONS = {
  enacted: 'Enacted',
  looping: 'Looping',
  recommendation: 'Recommends',
  notenacted: 'Not enacted',
  error: 'Error',
  waiting: 'Waiting',
  warning: 'Not looping'
};

/**
 * What stands beside the glucose. What is not known is left out, what is old or bad is marked.
 * @param state `{ properties, status, now }`; properties as `/api/v2/properties` answers
 * @returns `[{ name, value, note?, level?, title? }]`; level `warn` or `urgent`
 */
export function onBoard({ properties, now }) {
  return [
    amount('IOB', properties.iob, 'U', now, 'Insulin on board'),
    amount('COB', properties.cob, 'g', now, 'Carbs on board'),
    basal(properties.basal)
  ].filter(Boolean);
}

/** The loop: what it decided last, and whether it still does. */
export function looping({ properties: { loop, openaps }, status: { extendedSettings = {} }, now }) {
  return [
    loop?.lastLoop &&
      decision(loop.display, loop.lastLoop.moment, loop.lastOkMoment, extendedSettings.loop, now, loop.lastLoop.failureReason),
    openaps?.lastLoopMoment &&
      decision(openaps.status, openaps.lastLoopMoment, openaps.lastLoopMoment, extendedSettings.openaps, now)
  ].filter(Boolean);
}

/** Pump, phone, sensor and site. */
export function devices({ properties: { pump, upbat, sage, cage, iage, bage }, now }) {
  return [
    pumpPill(pump, now),
    uploader(upbat, now),
    age('Sensor', sage?.[sage.min]),
    age('Site', cage),
    age('Insulin', iage),
    age('Pump battery', bage)
  ].filter(Boolean);
}

/** Pills as list items. */
export const pillItems = (pills) =>
  pills.map(({ name, value, note, level, title }) =>
    el(
      'li',
      { class: `pill ${level ?? ''}`, title },
      el('span', { class: 'name' }, name),
      ' ',
      level &&
        el(
          'span',
          { class: 'flag' },
          el('span', { 'aria-hidden': 'true' }, '!'),
          el('span', { class: 'spoken' }, `${level === 'urgent' ? 'urgent' : 'warning'}: `)
        ),
      el('b', {}, value),
      note && el('span', { class: 'note' }, ' ', note)
    )
  );

function amount(name, property, unit, now, title) {
  const { display, mills } = property ?? {};
  if (display === undefined || display === null) return undefined;
  const isOld = Number.isFinite(mills) && now - mills > OLD_MS;
  return { name, title, value: `${display} ${unit}`, ...(isOld && { note: ago(now - mills), level: 'warn' }) };
}

function basal(property) {
  const { totalbasal, treatment } = property?.current ?? {};
  if (!Number.isFinite(totalbasal)) return undefined;
  return { name: 'Basal', value: `${totalbasal.toFixed(2)} U/h`, ...(treatment && { note: 'temporary' }) };
}

/** @param limits `{ warn, urgent }` in minutes, from the settings */
function decision({ code, label } = {}, moment, okMoment, { warn = 30, urgent = 60 } = {}, now, reason) {
  const age = now - Date.parse(moment);
  const well = now - Date.parse(okMoment);
  const isFailing = code === 'error' || code === 'notenacted' || code === 'warning';
  // without any success in the hours that are known it is as bad as it gets
  const level = !(well <= urgent * MINUTE) ? 'urgent' : well > warn * MINUTE || isFailing ? 'warn' : undefined;
  return {
    name: 'Loop',
    value: DECISIONS[code] ?? label ?? 'Unknown',
    note: [Number.isFinite(age) && ago(Math.max(0, age)), typeof reason === 'string' && reason].filter(Boolean).join(', '),
    level
  };
}

function pumpPill(pump, now) {
  const { data } = pump ?? {};
  if (!data?.clock) return undefined;
  const { reservoir, battery, status, clock, level } = data;
  const spaced = (text) =>
    text &&
    String(text)
      .replace(/(\d\+?)([A-Za-z]+)$/, '$1 $2')
      .replace(/%$/, ' %');
  const isSuspended = /suspend/i.test(String(status?.display ?? ''));
  const clockAt = Date.parse(clock.value);
  const isOld = clock.level >= 1;
  const values = [spaced(reservoir?.display), spaced(battery?.display)].filter(Boolean);
  return {
    name: 'Pump',
    value: values.join(' · ') || status?.display || 'Connected',
    note: [isSuspended && 'suspended', level >= 1 && data.title, isOld && Number.isFinite(clockAt) && ago(now - clockAt)]
      .filter(Boolean)
      .join(', '),
    level: LEVELS[level] ?? (isSuspended ? 'warn' : undefined)
  };
}

function uploader(upbat, now) {
  if (!upbat?.min || !upbat.display) return undefined;
  const times = Object.values(upbat.devices ?? {}).flatMap(({ statuses }) => statuses?.[0]?.mills ?? []);
  const last = Math.max(...times);
  return {
    name: 'Phone',
    title: 'Battery of the uploader',
    value: String(upbat.display).replace(/%/, ' %'),
    ...(now - last > OLD_MS && { note: ago(now - last) }),
    level: upbat.status === 'current' ? undefined : upbat.status
  };
}

function age(name, property) {
  if (!property?.found) return undefined;
  const { display, days, hours, level } = property;
  const text =
    Number.isFinite(days) && Number.isFinite(hours) ? (days > 0 ? `${days} d ${hours} h` : `${hours} h`) : String(display).trim();
  return { name, value: text, note: level === 0 ? 'change soon' : LEVELS[level] ? 'change' : undefined, level: LEVELS[level] };
}
