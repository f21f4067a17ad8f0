import { bySeverity, type Finding, finding } from './finding.ts';
import { isPrivateHost } from './host.ts';

/** What was seen from outside, and what about it is a risk. */
export interface OutsideView {
  readonly url: string;
  /** `status.json is open: yes`, in the order of looking. */
  readonly seen: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

/** An answer, as far as it is looked at; the body of one that holds readings never is. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  json(): Promise<unknown>;
}

const PATIENCE = 15_000;
/** What a stranger would need for harm; asked of the route that says yes or no, and does nothing. */
const HARM = [
  'api:treatments:create',
  'api:entries:create',
  'api:treatments:delete',
  'notifications:*:ack',
  'admin:api:subjects:read'
];
const YEAR_SECONDS = 31_536_000;

/**
 * Looks at a live site as a stranger does: GET and OPTIONS without credentials, nothing is written, and no reading is kept.
 * @param address `https://site.example`, or with the path it is under
 * @throws Error with a sentence for people when nothing answers there
 */
export async function lookFromOutside(address: string): Promise<OutsideView> {
  const { origin, protocol, hostname, host, pathname } = new URL(address);
  // a proxy may have put the site under a path
  const site = origin + pathname.replace(/\/+$/, '');
  const ask = (path: string, from = site, method = 'GET'): Promise<Answer> => request(from + path, method);
  const isHttps = protocol === 'https:';
  const home = await ask('/').catch((error: unknown) => {
    throw new Error(`${site} cannot be looked at: ${reasonOf(error)}`);
  });
  const status = await ask('/api/v1/status.json');
  const plain = isHttps
    ? await ask('/api/v1/status.json', `http://${host.replace(/:443$/, '')}${site.slice(origin.length)}`).catch(() => undefined)
    : status;
  const [entries, v3, metrics, preflight] = await Promise.all([
    ask('/api/v1/entries.json?count=1'),
    ask('/api/v3/entries?limit=1'),
    ask('/metrics'),
    ask('/api/v1/entries.json', site, 'OPTIONS')
  ]);
  const granted: string[] = [];
  for (const permission of HARM)
    if ((await ask(`/api/v2/authorization/debug/check/${permission}`)).status === 200) granted.push(permission);
  const roles = status.status === 200 ? rolesOf(await status.json().catch(() => undefined)) : undefined;
  const server = ['server', 'x-powered-by'].flatMap((name) => status.headers.get(name) ?? []).join(', ');
  const isOpen = ({ status: code }: Answer) => code === 200;
  const movesToHttps =
    !!plain && plain.status >= 300 && plain.status < 400 && !!plain.headers.get('location')?.startsWith('https:');
  const hsts = Number(/max-age=(\d+)/.exec(home.headers.get('strict-transport-security') ?? '')?.[1] ?? 0);

  const seen = {
    https: yes(isHttps),
    'plain http': plain ? (movesToHttps ? 'goes on to https' : `answers ${plain.status}`) : 'does not answer',
    'Strict-Transport-Security': hsts > 0 ? `${hsts} seconds` : 'no',
    'status.json is open': yes(isOpen(status)),
    'roles of strangers': roles ?? 'not told',
    'glucose is open (v1)': yes(isOpen(entries)),
    'glucose is open (v3)': yes(isOpen(v3)),
    'rights of strangers that do harm': granted.join(', ') || 'none',
    'metrics are open': yes(isOpen(metrics)),
    'other pages may ask (CORS)': preflight.headers.get('access-control-allow-origin') ?? 'no',
    'policy of the pages': yes(home.headers.has('content-security-policy')),
    'tells what it runs on': server || 'no'
  };
  const findings: (Finding | false)[] = [
    !!plain &&
      isOpenly(plain) &&
      !movesToHttps &&
      finding(
        isPrivateHost(hostname) ? 'medium' : 'high',
        'plain-http',
        'The site answers plain http: secrets, tokens and readings travel readable for everybody on the way.',
        'INSECURE_USE_HTTP: leave it out; or let the proxy in front turn plain http away.'
      ),
    isHttps &&
      hsts < YEAR_SECONDS / 2 &&
      finding(
        'low',
        'no-hsts',
        'Browsers are not told to use https only.',
        'SECURE_HSTS_HEADER: leave it out, and INSECURE_USE_HTTP too.'
      ),
    isOpen(v3) && finding('high', 'v3-open', 'API v3 answers everybody.', 'API3_SECURITY_ENABLE: leave it out, or set it to on.'),
    granted.length > 0 &&
      finding(
        'high',
        'stranger-writes',
        `Everybody may: ${granted.join(', ')}.`,
        'AUTH_DEFAULT_ROLES: "readable" or "denied"; TREATMENTS_AUTH: leave it out.'
      ),
    isOpen(entries) &&
      finding(
        'medium',
        'stranger-reads',
        'Everybody who knows or finds the address may read glucose.',
        'AUTH_DEFAULT_ROLES: "denied" closes the site; apps that only read then need a token.'
      ),
    isOpen(metrics) && finding('low', 'metrics-open', 'Everybody may read how the server is used.', 'METRICS: private.'),
    preflight.headers.get('access-control-allow-origin') === '*' &&
      finding(
        isOpen(entries) ? 'medium' : 'low',
        'cors-any',
        'Every web page may ask this site.',
        'CORS_ALLOW_ORIGIN: the address of the page that needs it; or remove cors from ENABLE.'
      ),
    !home.headers.has('content-security-policy') &&
      finding(
        'low',
        'no-policy',
        'The pages have no content security policy.',
        'This server always sends one: the proxy in front must not remove it.'
      ),
    server !== '' &&
      finding(
        'low',
        'server-named',
        `Headers tell what runs there: ${server}.`,
        'The proxy in front: let it send no Server and X-Powered-By.'
      )
  ];
  return { url: site, seen, findings: bySeverity(findings.filter((one) => one !== false)) };
}

const yes = (is: boolean): string => (is ? 'yes' : 'no');
const isOpenly = ({ status }: Answer): boolean => status < 500;

async function request(url: string, method: string): Promise<Answer> {
  const response = await fetch(url, { method, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) });
  const { status, headers } = response;
  const isStatus = url.endsWith('/status.json') && status === 200;
  const text = isStatus ? await response.text() : '';
  if (!isStatus) await response.body?.cancel();
  return { status, headers, json: async () => JSON.parse(text) as unknown };
}

/** Reference servers tell it as well. */
function rolesOf(body: unknown): string | undefined {
  const { settings } = (body ?? {}) as { settings?: { authDefaultRoles?: unknown } };
  return typeof settings?.authDefaultRoles === 'string' ? settings.authDefaultRoles : undefined;
}

function reasonOf(error: unknown): string {
  const cause = (error as Error).cause as { code?: unknown } | undefined;
  return typeof cause?.code === 'string'
    ? cause.code
    : (error as Error).name === 'TimeoutError'
      ? 'no answer'
      : (error as Error).message;
}
