import { isPrivateHost } from '../../audit/host.ts';
import { openSocket } from '../../verify/socket.ts';
import { type DoctorCheck, type Finding, warning, well, wrong } from '../finding.ts';

const PATIENCE_MS = 15_000;
const SKEW_MS = 60_000;
const FAR_MS = 5 * 60_000;
const PATH = '/api/v1/status.json';

/** The site as apps reach it, by BASE_URL: through the proxy in front, if there is one. */
export const address: DoctorCheck = {
  id: 'address',
  async run({ address: base, offline, now }) {
    if (offline) return [well('Not looked at (offline).')];
    if (base === undefined) return [well('Not looked at: neither BASE_URL nor --url names the address of the site.')];
    const before = now();
    let answer: Response;
    try {
      answer = await fetch(base + PATH, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
      await answer.body?.cancel();
    } catch (error) {
      const cause = (error as Error).cause as { code?: unknown } | undefined;
      return [
        wrong(
          `${base} does not answer (${String(cause?.code ?? (error as Error).name)}).`,
          'BASE_URL: check the address, the certificate, and the proxy in front of the server.'
        )
      ];
    }
    const turned = redirectOf(answer, base);
    if (turned) return [turned];
    return [transport(base, answer), ...skew(answer, (before + now()) / 2), await upgrade(base)];
  }
};

function redirectOf({ status, headers }: Response, base: string): Omit<Finding, 'check'> | undefined {
  const location = headers.get('location');
  if (status < 300 || status >= 400 || !location) return undefined;
  const target = new URL(location, base + PATH).href;
  return target === new URL(base + PATH).href
    ? wrong(
        `${base} sends apps in a circle: the server does not know that it is reached by https.`,
        'The proxy in front must set X-Forwarded-Proto: https; or set INSECURE_USE_HTTP=true and let the proxy turn plain http away.'
      )
    : warning(
        `${base} sends apps on to ${new URL(target).origin}.`,
        'BASE_URL: the address that is sent to, so that apps save a step.'
      );
}

function transport(base: string, { status }: Response): Omit<Finding, 'check'> {
  if (status >= 500)
    return wrong(`${base} answers ${status}.`, 'Is the server running, and does the proxy in front know its PORT?');
  if (base.startsWith('https:')) return well(`${base} answers by https.`);
  return isPrivateHost(new URL(base).hostname)
    ? well(`${base} answers by plain http, in a network of your own.`)
    : wrong(
        `${base} answers by plain http: secrets and readings travel readable.`,
        'Put https in front, or set SSL_KEY and SSL_CERT.'
      );
}

function skew({ headers }: Response, at: number): Omit<Finding, 'check'>[] {
  const date = Date.parse(headers.get('date') ?? '');
  const apart = Math.abs(date - at);
  if (!(apart > SKEW_MS)) return [];
  const say = apart > FAR_MS ? wrong : warning;
  return [
    say(`The clock of the site is ${Math.round(apart / 1000)} seconds off.`, 'Let both clocks be set by the network (NTP).')
  ];
}

async function upgrade(base: string): Promise<Omit<Finding, 'check'>> {
  try {
    (await openSocket({ base }, '/', { agent: 'vigil-doctor', transport: 'websocket' })).close();
    return well('Websockets get through.');
  } catch {
    return warning(
      `Websockets do not get through to ${base}: apps ask again and again instead, which costs battery.`,
      'The proxy in front must pass on Upgrade and Connection (nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, Connection "upgrade").'
    );
  }
}
