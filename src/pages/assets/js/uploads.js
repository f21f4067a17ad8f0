import { el } from './dom.js';
import { ago, clock } from './format.js';
import { api, withSignIn } from './session.js';
import { here } from './site.js';

const EVERY_MS = 5000;
const MINUTE = 60_000;
const DOORS = { v1: 'API v1', v2: 'API v2', v3: 'API v3', root: 'socket' };
const REASONS = {
  'wrong-secret': ['The API secret is wrong.', 'Enter it again in the app, exactly as it was set and without spaces.'],
  'wrong-token': [
    'The token is wrong, has run out, or was revoked.',
    'Make a new one on the Admin page, and enter it in the app.'
  ],
  'no-credentials': ['It sent neither secret nor token.', 'Enter the API secret or a token in the app.'],
  'missing-right': ['Its token may not do this.', 'Give it a role that may, on the Admin page.'],
  'bad-data': ['What it sent cannot be understood.', ''],
  'too-large': ['It sent too much at once.', ''],
  'wrong-type': ['It sent something other than JSON.', ''],
  'too-many': ['It asked too often, or an address tried too many wrong secrets.', 'It is let in again after a while.'],
  'read-only': ['It wanted to change something that is locked.', ''],
  'wrong-address': [
    'There is nothing at the address it asked for.',
    'Enter the address of this site alone: only xDrip+ wants /api/v1/ behind it.'
  ],
  'plain-http': ['It came by plain http and was sent on to https.', 'Enter the address with https in front, in the app.'],
  'database-away': ['The database did not answer.', 'The app sends it again by itself.']
};

/** `2 h 5 min` */
export function duration(ms) {
  const minutes = Math.round(ms / MINUTE);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The sentence that comes first. */
export function headline({ apps, glucose, now }) {
  // one dated in the future is not the last one
  const from = apps.find(({ reading }) => reading?.mills === glucose.last);
  if (glucose.last === undefined)
    return apps.length > 0 ? 'No glucose has arrived in the last two days.' : 'Nothing has arrived yet.';
  return `The last glucose is of ${ago(Math.max(0, now - glucose.last))}${from ? `, from ${from.app}` : ''}.`;
}

/** What is said about a clock; empty: nothing. */
export const clockNote = (note) =>
  !note
    ? ''
    : note.state === 'ahead'
      ? `Its clock is ${duration(note.byMs)} ahead: check date, time and time zone of that device.`
      : `Its glucose is dated ${duration(note.byMs)} behind: its clock is wrong, or it sends late.`;

function appItem(app, now) {
  const kinds = [
    ['glucose', app.reading],
    ['treatment', app.treatment],
    ['device status', app.deviceStatus],
    ['other', app.other]
  ].flatMap(([name, fact]) => (fact ? [`${name} ${ago(Math.max(0, now - (fact.mills ?? fact.at)))}`] : []));
  const about = [
    app.device !== app.app && app.device,
    app.doors.map((door) => DOORS[door] ?? door).join(', '),
    app.address && `from ${app.address}`,
    app.userAgent
  ].filter(Boolean);
  const note = clockNote(app.clock);
  return el(
    'li',
    {},
    el('b', {}, app.app),
    el('br'),
    `Last ${kinds.join(', ') || 'seen: nothing yet'}.`,
    about.length > 0 && el('span', { class: 'quiet detail' }, about.join(' · ')),
    note && el('span', { class: 'caveat' }, note)
  );
}

function refusedItem(one, apps, now) {
  const [what, hint] = REASONS[one.reason] ?? [one.reason, ''];
  // of the same app, later: it is over
  const since = apps.find(({ app }) => app === one.app);
  const last = Math.max(0, ...['reading', 'treatment', 'deviceStatus', 'other'].map((kind) => since?.[kind]?.at ?? 0));
  const times = one.count > 1 ? `${one.count} times, last ` : '';
  return el(
    'li',
    {},
    el('b', {}, one.app),
    `: ${what} `,
    one.detail && `(${one.detail}) `,
    last > one.at ? 'Since then it was let in.' : hint,
    el('span', { class: 'quiet detail' }, `${times}${ago(now - one.at)}, from ${one.address} · ${one.what}`)
  );
}

function glucosePart({ gaps, readings }, timeFormat) {
  if (readings === 0) return [];
  return [
    el('h3', {}, 'Glucose of the last 24 hours'),
    el('p', {}, `${readings} readings, ${gaps.length === 0 ? 'no gap of more than 15 minutes.' : 'with gaps:'}`),
    gaps.length > 0 &&
      el(
        'ul',
        {},
        ...gaps.map(({ from, to }) =>
          el('li', {}, `${clock(from, timeFormat)} to ${clock(to, timeFormat)} (${duration(to - from)})`)
        )
      )
  ];
}

function refusedPart({ refused, apps, now }, signIn) {
  if (refused === undefined)
    return [el('p', {}, el('button', { type: 'button', class: 'plain', onclick: signIn }, 'Sign in to see what was refused'))];
  return [
    el('h3', {}, 'Refused'),
    refused.length === 0
      ? el('p', {}, 'Nothing in the last day.')
      : el('ul', { class: 'sources' }, ...refused.map((one) => refusedItem(one, apps, now)))
  ];
}

/**
 * Fills a place with who sends what, and keeps it current while it can be seen.
 * @param isShown says whether it can be seen
 */
export function mountUploads(place, isShown = () => true) {
  const first = el('p', { role: 'status' }, 'Looking …');
  const rest = el('div', {});
  place.replaceChildren(first, rest);
  let shown = '';
  let timer;

  async function refresh(ask = () => api('/api/v2/uploads')) {
    clearTimeout(timer);
    try {
      if (document.visibilityState === 'visible' && isShown()) show(await ask());
    } catch (error) {
      first.textContent = error.status === 401 ? 'What you signed in with may not see this.' : `${error.message} Trying again …`;
      if (error.status === 401) rest.replaceChildren(...refusedPart({}, signIn));
      shown = '';
    }
    timer = setTimeout(refresh, EVERY_MS);
  }

  /** Needs more than reading: whoever signs in for it sees everything. */
  function signIn() {
    void refresh(() =>
      withSignIn(async () => {
        await api('/api/v2/authorization/debug/check/*:*:admin');
        return api('/api/v2/uploads');
      }, 'What was refused is for administrators: sign in with the API secret.')
    );
  }

  function show(view) {
    const sentence = headline(view);
    if (first.textContent !== sentence) first.textContent = sentence;
    // nothing moves under somebody's finger while nothing changed
    const key = JSON.stringify([{ ...view, now: Math.floor(view.now / MINUTE) }]);
    if (key === shown) return;
    shown = key;
    rest.replaceChildren(
      view.apps.length > 0 ? el('ul', { class: 'sources' }, ...view.apps.map((app) => appItem(app, view.now))) : '',
      ...glucosePart(view.glucose, 24).filter(Boolean),
      ...refusedPart(view, signIn),
      el(
        'p',
        { class: 'quiet' },
        `Seen since ${new Date(view.since).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}, when the server started; of what is older only the documents are known. `,
        el('a', { href: here('/admin/#connect') }, 'Connect another app')
      )
    );
  }

  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void refresh());
  void refresh();
  return refresh;
}
