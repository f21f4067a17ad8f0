/**
 * What to do in each app (clients.md). Steps are texts, or `[text, value]` with a value to copy: `address`, `secret`, `token`,
 * `secretUrl` (with the secret in it) or `tokenUrl`. Menus are named where the apps are known to have them, else the setting.
 * `takes`: what of a token of its own it can use; `role`: what that token must be allowed.
 */
export const APPS = [
  {
    name: 'Loop',
    platform: 'iPhone',
    sends: true,
    role: 'uploader',
    token: 'secret',
    steps: [
      'In Loop, open Settings, then Services, and add Nightscout.',
      ['Site URL:', 'address'],
      ['API Secret:', 'secret'],
      'Save. Loop asks this site at once whether the secret is right.'
    ]
  },
  {
    name: 'Trio',
    platform: 'iPhone',
    sends: true,
    role: 'uploader',
    token: 'secret',
    steps: [
      'In the settings of Trio, open Nightscout.',
      ['URL:', 'address'],
      ['API secret:', 'secret'],
      'Connect, and allow uploads there; without that Trio only reads. A note “Trio connected” appears here.'
    ]
  },
  {
    name: 'AAPS',
    platform: 'Android',
    sends: true,
    role: 'uploader',
    token: 'token',
    steps: [
      'In AAPS, open Config Builder, choose NSClientV3 under Synchronization, and open its settings.',
      ['Nightscout URL:', 'address'],
      ['Access token:', 'token'],
      'Leave websockets on: with them changes arrive at once. The token must be allowed to read and write everything.'
    ]
  },
  {
    name: 'xDrip+',
    platform: 'Android',
    sends: true,
    role: 'uploader',
    token: 'secretUrl',
    steps: [
      'In xDrip+, open Settings, then Cloud Upload, then Nightscout Sync (REST-API), and switch it on.',
      ['Base URL, in one line with the secret in it:', 'secretUrl'],
      'The next reading is sent here. Treatments can be downloaded too, by a setting there.'
    ]
  },
  {
    name: 'xDrip4iOS',
    platform: 'iPhone',
    sends: true,
    role: 'uploader',
    token: 'secret',
    steps: [
      'In the settings of xDrip4iOS, open Nightscout and switch it on.',
      ['Nightscout URL:', 'address'],
      ['API secret:', 'secret'],
      'It asks this site at once whether the secret is right.'
    ]
  },
  {
    name: 'OpenAPS (oref0)',
    platform: 'rig',
    sends: true,
    role: 'uploader',
    token: 'token',
    steps: [
      'In the setup of the rig, give the address of Nightscout:',
      ['Address:', 'address'],
      ['Token, or the API secret:', 'token']
    ]
  },
  {
    name: 'LoopFollow',
    platform: 'iPhone',
    role: 'readable',
    token: 'token',
    steps: [
      'In the settings of LoopFollow, open Nightscout.',
      ['URL:', 'address'],
      ['Token:', 'token'],
      'Given the API secret instead, LoopFollow makes itself a token that may read.'
    ]
  },
  {
    name: 'nightguard',
    platform: 'iPhone',
    role: 'readable',
    token: 'tokenUrl',
    steps: ['Open the settings of nightguard.', ['URL of Nightscout, with the token in it:', 'tokenUrl']]
  },
  {
    name: 'Another app that sends',
    platform: 'phone',
    sends: true,
    role: 'uploader',
    token: 'secret',
    steps: ['Look for “Nightscout” in its settings.', ['Address:', 'address'], ['API secret:', 'secret']]
  },
  {
    name: 'Another app that only reads',
    platform: 'phone',
    role: 'readable',
    token: 'tokenUrl',
    steps: [
      'Look for “Nightscout” in its settings.',
      ['Address with a token:', 'tokenUrl'],
      'Some ask for address and token apart.'
    ]
  }
];

const PRIVATE_V4 = /^(127|10)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
const INNER_NAME = /^[^.]+$|\.(local|lan|home|internal|home\.arpa|localhost)$/i;

/** Whether only the own network knows this host. @param {string} hostname as `URL` spells it */
export function isInner(hostname) {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (bare.includes(':')) return /^(::1$|f[cd]|fe[89ab])/i.test(bare);
  return /^\d+(\.\d+){3}$/.test(bare) ? PRIVATE_V4.test(bare) : INNER_NAME.test(bare);
}

/**
 * The address to enter: the one this page was opened at, unless apps could not use that and the site names a better one.
 * @param opened scheme, host and path, without a slash at its end
 * @param {string} [own] BASE_URL of the site
 */
export function addressFor(opened, own) {
  const isGood = (text) => URL.canParse(text) && new URL(text).protocol === 'https:' && !isInner(new URL(text).hostname);
  const better = String(own ?? '').replace(/\/+$/, '');
  return !isGood(opened) && isGood(better) ? better : opened;
}

/** What will not work with this address, in sentences. @param app one of {@link APPS} */
export function caveats(address, { name, platform }) {
  const { protocol, hostname } = new URL(address);
  const told = [];
  if (/^(localhost|127\.|\[::1\])/.test(hostname))
    told.push('On a phone this address means the phone itself. Open this page by the name or address of the server.');
  else if (isInner(hostname)) told.push('This address works in your own network only: away from home the phone cannot reach it.');
  if (protocol === 'http:')
    told.push(
      platform === 'iPhone'
        ? `${name} will not work with it: apps on an iPhone accept https only.`
        : 'It is plain http: everybody on the way can read secret and glucose, and apps may refuse it. Use https where the site is reached from outside.'
    );
  return told;
}

/** The text of a value, with `SECRET` and `TOKEN` where nothing is known yet. @param {string} [token] */
export function textFor(kind, address, token) {
  switch (kind) {
    case 'address':
      return address;
    case 'secretUrl':
      return `${address.replace('://', `://${token ?? 'SECRET'}@`)}/api/v1/`;
    case 'tokenUrl':
      return `${address}?token=${token ?? 'TOKEN'}`;
    default:
      return token;
  }
}
