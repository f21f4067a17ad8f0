import { APPS, addressFor, caveats, textFor } from './apps.js';
import { copyable } from './copyable.js';
import { el } from './dom.js';
import { api, withSignIn } from './session.js';
import { siteAddress } from './site.js';
import { makeToken } from './tokens.js';

const WHY = 'A token is made by an administrator: sign in with the API secret.';
const WITHOUT = {
  secret: 'the API secret: the one you set as API_SECRET, or the one the server printed at its first start.',
  token: 'an access token. Make one below, or on the Admin page.'
};

/** Fills `<section id="connect">`: choose an app, and read what to enter where. */
export async function mountConnect(section) {
  // the site's own address matters only where this one is of no use
  const settings = await api('/api/v1/status.json').then(
    (status) => status.settings,
    () => ({})
  );
  const address = addressFor(`${location.protocol}//${siteAddress}`, settings.baseURL);
  const place = el('div', {});
  const choice = el(
    'select',
    { id: 'connect-app', onchange: () => show(place, APPS[Number(choice.value)], address) },
    el('option', { value: '' }, 'Choose …'),
    group('Send glucose and treatments', (app) => app.sends),
    group('Only read', (app) => !app.sends)
  );
  section
    .querySelector('.mount')
    .replaceChildren(
      el('label', { for: 'connect-app' }, 'Which app?'),
      choice,
      place,
      el('p', { class: 'quiet' }, 'Names in the apps differ a little between versions and languages.')
    );
}

function group(label, fits) {
  const options = APPS.flatMap((app, at) => (fits(app) ? [el('option', { value: at }, app.name)] : []));
  return el('optgroup', { label }, ...options);
}

function show(place, app, address) {
  place.replaceChildren();
  if (!app) return;
  let token;
  const steps = el('ol', { class: 'steps' });
  const qr = el('div', {});
  const told = el('p', { role: 'status' });
  const draw = () => {
    steps.replaceChildren(...app.steps.map((step) => el('li', {}, ...stepParts(step, app, address, token))));
    qr.replaceChildren(...qrParts(app, address, token));
  };
  const make = async ({ currentTarget: button }) => {
    button.disabled = true;
    told.textContent = '';
    try {
      const made = await withSignIn(() => makeToken(app.name, app.role), WHY);
      token = made.token;
      draw();
      told.textContent = `“${made.name}” is made; its token stands above. It can be revoked on the Admin page, alone.`;
      button.hidden = true;
    } catch (error) {
      told.textContent = `${error.message} No token was made.`;
    }
    button.disabled = false;
  };
  draw();
  place.replaceChildren(
    ...caveats(address, app).map((sentence) => el('p', { class: 'caveat' }, sentence)),
    steps,
    el(
      'p',
      {},
      el('button', { type: 'button', onclick: make }, `Make a token for ${app.name}`),
      ' ',
      el('span', { class: 'quiet' }, 'A password of its own for this app, in place of the API secret.')
    ),
    told,
    qr
  );
}

function stepParts(step, app, address, token) {
  if (typeof step === 'string') return [step];
  const [text, kind] = step;
  const isOwn = kind !== 'address';
  const value = textFor(kind, address, isOwn ? token : undefined);
  if (value === undefined) return [`${text} ${WITHOUT[kind]}`];
  const hint =
    isOwn && token === undefined
      ? kind === 'secretUrl'
        ? ' Write the API secret in place of SECRET, or make a token below.'
        : ' Write a token in place of TOKEN, or make one below.'
      : '';
  return [`${text} `, copyable(value, `${text.replace(/:$/, '')} for ${app.name}`), hint];
}

/** The code holds the address only; a token comes in when somebody says so. */
function qrParts(app, address, token) {
  const canHold = token !== undefined && app.token.endsWith('Url');
  const box = el('input', { type: 'checkbox' });
  const place = el('div', {});
  const draw = async () => {
    const { drawQr } = await import('./qr.js');
    const text = canHold && box.checked ? textFor(app.token, address, token) : address;
    place.replaceChildren(
      drawQr(text, canHold && box.checked ? 'QR code of the address with the token' : `QR code of ${address}`),
      el('p', { class: 'quiet' }, 'Scan it with the camera of the phone to open the address there, or to copy it.'),
      canHold && box.checked ? el('p', { class: 'caveat' }, 'Whoever sees this code can use the token.') : ''
    );
  };
  box.addEventListener('change', () => place.hasChildNodes() && void draw());
  return [
    el('p', {}, el('button', { type: 'button', class: 'plain', onclick: () => void draw() }, 'Show the address as a QR code')),
    canHold ? el('label', { class: 'check' }, box, 'with the token in it') : '',
    place
  ];
}
