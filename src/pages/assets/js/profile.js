import { activeProfile, basalPerDay, schedule } from './active-profile.js';
import { byId, el, table } from './dom.js';
import { api, enter } from './session.js';

const YEAR_MS = 372 * 86_400_000;

function pairs(entries) {
  return el(
    'dl',
    {},
    ...entries
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, String(value))])
  );
}

function targets({ target_low, target_high }) {
  const [low, high] = [schedule(target_low), schedule(target_high)];
  const times = [...new Set([...low, ...high].map(({ time }) => time))].sort();
  const at = (list, time) => list.findLast((row) => row.time <= time)?.value ?? '';
  return times.map((time) => [time, at(low, time), at(high, time)]);
}

function values(profile, record) {
  const units = profile.units ?? record?.units ?? '';
  const perDay = basalPerDay(profile.basal);
  const rows = (list) => schedule(list).map(({ time, value }) => [time, value]);
  const tables = [
    ['Basal rates', ['From', 'U per hour'], rows(profile.basal)],
    ['Carb ratios', ['From', 'g per U'], rows(profile.carbratio)],
    ['Insulin sensitivity', ['From', `${units} per U`], rows(profile.sens)],
    ['Targets', ['From', `Low (${units})`, `High (${units})`], targets(profile)]
  ];
  return el(
    'div',
    {},
    pairs(
      [
        ['Units', units],
        ['Time zone', profile.timezone],
        ['Duration of insulin action', profile.dia && `${profile.dia} h`],
        ['Carbs absorbed', profile.carbs_hr && `${profile.carbs_hr} g per hour`],
        ['Basal per day', perDay !== undefined && `${perDay} U`]
      ].map(([name, value]) => [name, value === false ? undefined : value])
    ),
    el(
      'div',
      { class: 'columns' },
      ...tables.filter(([, , lines]) => lines.length > 0).map(([name, heads, lines]) => table(name, heads, lines))
    )
  );
}

function show(record, switches) {
  const active = activeProfile(record, switches, Date.now());
  byId('none').hidden = active !== undefined;
  if (!active) return;
  const notes = [
    active.since && `Switched on ${new Date(active.since).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}.`,
    active.percentage && `It runs at ${active.percentage} %; the values below are those before that.`,
    active.timeshift && `It is shifted by ${active.timeshift} h; the times below are those before that.`,
    !active.values && 'Its values are not part of the profile record that the app uploaded.'
  ].filter(Boolean);
  byId('active').replaceChildren(
    el('h2', {}, active.name),
    el('p', { class: 'quiet' }, ['The profile in force. ', ...notes].join(' ')),
    active.values ? values(active.values, record) : ''
  );
  const others = Object.entries(record?.store ?? {}).filter(([name]) => name !== active.name);
  byId('others').replaceChildren(
    ...others.map(([name, profile]) => el('details', { class: 'card' }, el('summary', {}, name), values(profile ?? {}, record)))
  );
}

const since = new Date(Date.now() - YEAR_MS).toISOString();
const query = new URLSearchParams({ 'find[eventType]': 'Profile Switch', 'find[created_at][$gte]': since, count: '20' });
const [record, switches] = await enter(() =>
  Promise.all([api('/api/v1/profile/current'), api(`/api/v1/treatments.json?${query}`)])
);
show(record, switches);
