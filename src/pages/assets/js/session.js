import { byId, el } from './dom.js';
import { sha1Hex } from './sha1.js';
import { here, sitePath } from './site.js';

/**
 * Under this name browsers that used this site before already hold the hash of its secret. Sites under paths of one host share
 * that store, and none may be told the secret of another.
 */
const KEY = sitePath === '/' ? 'apisecrethash' : `apisecrethash ${sitePath}`;
const RETRY_MS = 5000;

/** What the visitor presents: `{ secret: <sha-1 of a secret or token> }`, `{ jwt }`, or undefined. The typed text is never kept. */
let current = await found();
/** Where to keep what was just typed, once it has proved right. */
let pending;

async function found() {
  const token = new URLSearchParams(location.search).get('token');
  if (token) {
    const credentials = token.split('.').length === 3 ? { jwt: token } : { secret: await sha1Hex(token.trim()) };
    // the other pages of this tab, whose links carry no token
    if (credentials.secret) keep('sessionStorage', credentials.secret);
    return credentials;
  }
  const secret = stored('sessionStorage') ?? stored('localStorage');
  return secret ? { secret } : undefined;
}

// browsers that keep nothing refuse even the question; then a sign-in lasts as long as the page
function stored(storage) {
  try {
    return globalThis[storage].getItem(KEY);
  } catch {
    return null;
  }
}

function keep(storage, secret) {
  try {
    if (secret === undefined) globalThis[storage].removeItem(KEY);
    else globalThis[storage].setItem(KEY, secret);
  } catch {
    // see above
  }
}

function forget() {
  for (const storage of ['sessionStorage', 'localStorage']) keep(storage, undefined);
}

function keepPending() {
  if (!pending) return;
  forget();
  keep(pending, current.secret);
  pending = undefined;
}

function signOut() {
  forget();
  location.replace(location.pathname);
}

/** The credentials as the socket's `authorize` wants them. */
export const socketCredentials = () => ({ secret: current?.secret, token: current?.jwt });

/** Asks the API; `path` as the site sees it: `/api/v1/status.json`. @throws {ApiError} */
export async function api(path, { method = 'GET', body } = {}) {
  let response;
  try {
    response = await fetch(here(path), {
      method,
      headers: {
        Accept: 'application/json',
        ...(current?.secret && { 'api-secret': current.secret }),
        ...(current?.jwt && { Authorization: `Bearer ${current.jwt}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' })
      },
      ...(body !== undefined && { body: JSON.stringify(body) })
    });
  } catch {
    throw new ApiError(0, 'The server cannot be reached.');
  }
  const answer = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  throw new ApiError(response.status, answer?.description || answer?.message || `The server answered ${response.status}.`);
}

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Reads until it succeeds: asks to sign in where that is needed, waits where the server is away. */
export async function enter(read, why = 'Sign in with the API secret or an access token.') {
  for (;;) {
    try {
      const result = await withSignIn(read, why);
      say('');
      return result;
    } catch (error) {
      say(`${error.message} Trying again …`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Does something once; when it was refused for want of rights, asks to sign in and does it again. */
export async function withSignIn(action, why = 'This needs the API secret or an access token that may write.') {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const result = await action();
      if (attempt > 0) closeSignIn();
      keepPending();
      showSession();
      return result;
    } catch (error) {
      if (error.status !== 401 && error.status !== 403) throw error;
      await askSignIn(
        attempt > 0
          ? 'Not accepted, or not allowed to do this.'
          : current
            ? `What you signed in with is not accepted here. ${why}`
            : why
      );
    }
  }
}

/** A sentence about the connection at the top of the page; empty: none. */
export function say(sentence) {
  const line = byId('notice');
  if (line.textContent !== sentence) line.textContent = sentence;
  line.hidden = sentence === '';
}

function showSession() {
  byId('session').replaceChildren(
    ...(current ? [el('button', { type: 'button', class: 'plain', onclick: signOut }, 'Sign out')] : [])
  );
}

let form;

function closeSignIn() {
  form?.remove();
  form = undefined;
}

/** Shows the form until something was entered. */
function askSignIn(why) {
  closeSignIn();
  return new Promise((resolve) => {
    const secret = el('input', { type: 'password', id: 'secret', autocomplete: 'current-password', required: true });
    const remember = el('input', { type: 'checkbox', id: 'remember' });
    const button = el('button', { type: 'submit' }, 'Sign in');
    form = el(
      'form',
      { class: 'card', id: 'sign-in', onsubmit },
      el('h2', {}, 'Sign in'),
      el('p', { role: 'alert' }, why),
      el('label', { for: 'secret' }, 'API secret or access token'),
      secret,
      el('label', { class: 'check' }, remember, 'Remember on this device'),
      el(
        'p',
        { class: 'buttons' },
        button,
        current && el('button', { type: 'button', class: 'plain', onclick: signOut }, 'Forget it')
      )
    );
    byId('main').prepend(form);
    secret.focus();

    async function onsubmit(event) {
      event.preventDefault();
      button.disabled = true;
      button.textContent = 'Checking …';
      // a token is taken by its hash as well, so nobody has to say which of the two it is
      current = { secret: await sha1Hex(secret.value.trim()) };
      pending = remember.checked ? 'localStorage' : 'sessionStorage';
      resolve();
    }
  });
}
