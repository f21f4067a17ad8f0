import { byId, el } from './dom.js';
import { clock } from './format.js';
import { api, withSignIn } from './session.js';

const MINUTE = 60_000;

let shown;
let announced = '';

/** Alarms that sound now. */
export const sounding = ({ alarms }, now) => alarms.filter(({ silentUntil }) => !(silentUntil > now));

/**
 * The alarms there are. Those that sound are spoken once; whoever may silence them finds buttons, one for each choice of the
 * settings. Silencing is for everybody who listens, as in every other app.
 * @param state `{ alarms: { alarms, mayAck }, now, link, readAlarms, status: { settings } }`
 */
export function showAlarms({ alarms, now, link, readAlarms, status: { settings } }) {
  const loud = sounding(alarms, now);
  announce(loud);
  const key = JSON.stringify([alarms.alarms, loud.length, alarms.mayAck, link]);
  if (key === shown) return;
  shown = key;
  const place = byId('alarms');
  // whoever is about to press a button must find it where it was
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  place.replaceChildren(...alarms.alarms.map((alarm) => card(alarm, { alarms, now, link, readAlarms, settings })));
  place.hidden = alarms.alarms.length === 0;
  if (focused) [...place.querySelectorAll('button')].find(({ dataset }) => dataset.key === focused)?.focus();
}

function announce(loud) {
  const sentence = loud.map(({ level, title, message }) => `${level > 0 ? 'Alarm: ' : ''}${title}. ${message}`).join('. ');
  const key = JSON.stringify(loud.map(({ level, group, title }) => [level, group, title]));
  if (key === announced) return;
  announced = key;
  byId('alarm-spoken').textContent = sentence;
}

function card(alarm, { alarms, now, link, readAlarms, settings }) {
  const { level, title, message, silentUntil } = alarm;
  const isSilent = silentUntil > now;
  const kind = isSilent ? 'silent' : level === 2 ? 'urgent' : level === 1 ? 'warning' : 'info';
  return el(
    'article',
    { class: `alarm ${kind}` },
    el('h2', {}, el('span', { class: 'sign', 'aria-hidden': 'true' }, isSilent ? '◌' : '⚠'), ' ', title),
    el('p', { class: 'message' }, message),
    isSilent &&
      el('p', {}, `Silenced until ${clock(silentUntil, settings.timeFormat)}, for everybody. The cause is still there.`),
    link === 'lost' && el('p', {}, 'As it was when the connection was lost.'),
    !isSilent && level > 0 && alarms.mayAck && snooze(alarm, readAlarms)
  );
}

function snooze(alarm, readAlarms) {
  const { level, group, title, snoozeMinutes } = alarm;
  const told = el('p', { role: 'status' });
  const buttons = snoozeMinutes.map((minutes) =>
    el(
      'button',
      {
        type: 'button',
        'data-key': `${level} ${group} ${minutes}`,
        onclick: () => silence(minutes)
      },
      el('span', { class: 'spoken' }, `Snooze ${title} for `),
      `${minutes} min`,
      el('span', { class: 'spoken' }, ', for everybody')
    )
  );

  async function silence(minutes) {
    for (const button of buttons) button.disabled = true;
    told.textContent = 'Silencing …';
    const query = new URLSearchParams({ level, group, time: minutes * MINUTE });
    try {
      await withSignIn(() => api(`/api/v1/notifications/ack?${query}`));
      told.textContent = `Silenced for ${minutes} minutes.`;
      await readAlarms();
    } catch (error) {
      told.textContent = `It may still sound: ${error.message}`;
    }
    for (const button of buttons) button.disabled = false;
  }

  return el(
    'div',
    { class: 'snooze', role: 'group', 'aria-label': `Snooze ${title}` },
    el('span', { 'aria-hidden': 'true' }, 'Snooze'),
    ...buttons,
    told
  );
}
