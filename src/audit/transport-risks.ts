import { type Finding, finding } from './finding.ts';
import { isPrivateHost } from './host.ts';
import type { AuditedSite } from './site.ts';

/** What can be done wrong about the ways in and out. */
export function transportRisks(site: AuditedSite): Finding[] {
  return [...httpsRisks(site), ...proxyRisks(site), ...browserRisks(site), ...storageRisks(site), ...outgoingRisks(site)];
}

function httpsRisks({ config }: AuditedSite): Finding[] {
  const { insecureUseHttp, hsts, tls, settings } = config;
  if (!insecureUseHttp)
    return hsts.enabled
      ? []
      : [finding('low', 'no-hsts', 'Browsers are not told to use https only.', 'SECURE_HSTS_HEADER: leave it out.')];
  if (tls) return [];
  const baseUrl = String(settings.baseURL ?? '');
  const isPublic = URL.canParse(baseUrl) && !isPrivateHost(new URL(baseUrl).hostname);
  return [
    finding(
      isPublic && baseUrl.startsWith('http://') ? 'high' : 'medium',
      'plain-http',
      'Secrets, tokens and readings travel readable for everybody on the way, unless a proxy in front of the server turns plain http away.',
      'INSECURE_USE_HTTP: leave it out once the site can be reached from outside your own network.'
    )
  ];
}

const EVERYBODY = /^(0\.0\.0\.0|::)\/0$/;

function proxyRisks({ config: { trustProxy } }: AuditedSite): Finding[] {
  const isList = typeof trustProxy === 'object';
  if (isList && trustProxy.some((range) => EVERYBODY.test(range)))
    return [
      finding(
        'high',
        'proxy-anybody',
        'Every visitor may claim any address, and so guess secrets without being slowed.',
        'TRUST_PROXY: name the addresses of your proxies only, or leave it out.'
      )
    ];
  if (typeof trustProxy === 'number')
    return [
      finding(
        'low',
        'proxy-by-count',
        'Whoever reaches the server past the proxy may claim any address.',
        'TRUST_PROXY: name the addresses of your proxies instead of their number, or see to it that the port is reachable through them only.'
      )
    ];
  return [];
}

function browserRisks({ config, directory }: AuditedSite): Finding[] {
  const { cors, frameAncestors, ops } = config;
  const isReadable = directory.mayAnonymous('api:entries:read');
  return [
    ...(cors.enabled && cors.allowOrigin === '*'
      ? [
          finding(
            isReadable ? 'medium' : 'low',
            'cors-any',
            isReadable
              ? 'Every web page somebody opens may read this site from there, also where only your own network reaches it.'
              : 'Every web page may ask this site, if it has a token.',
            'CORS_ALLOW_ORIGIN: the address of the page that needs it; or remove cors from ENABLE.'
          )
        ]
      : []),
    ...(frameAncestors.includes('*')
      ? [
          finding(
            'low',
            'frames-any',
            'Every web page may show the pages in a frame.',
            'FRAME_ANCESTORS: the address of your dashboard.'
          )
        ]
      : []),
    ...(ops.metrics === 'on'
      ? [
          finding(
            'low',
            'metrics-open',
            'Everybody may read how the server is used (no health data).',
            'METRICS: private, with METRICS_TOKEN for Prometheus.'
          )
        ]
      : [])
  ];
}

function storageRisks({ config: { mongo, redisUrl }, folderMode }: AuditedSite): Finding[] {
  const open = (address: string): boolean =>
    URL.canParse(address.replace(/,[^/]*/, '')) && !new URL(address.replace(/,[^/]*/, '')).password && !isLocal(address);
  return [
    ...(folderMode !== undefined && (folderMode & 0o005) !== 0
      ? [finding('low', 'folder-readable', 'Other users of this machine may read the database file.', 'DATA_DIR: chmod 700.')]
      : []),
    ...(mongo && open(mongo.uri)
      ? [
          finding(
            'high',
            'database-open',
            'MongoDB on another machine is used without a password.',
            'STORAGE_URI: switch authentication on in MongoDB, and use a user of its own.'
          )
        ]
      : []),
    ...(redisUrl && open(redisUrl)
      ? [
          finding(
            'high',
            'redis-open',
            'Redis on another machine is used without a password.',
            'REDIS_URL: set a password in Redis, and use rediss://.'
          )
        ]
      : [])
  ];
}

/** On this machine, or by a name that only means something inside of a container network. */
function isLocal(address: string): boolean {
  const { hostname } = new URL(address.replace(/,[^/]*/, ''));
  return /^(localhost|127\.|\[::1\])/.test(hostname) || !hostname.includes('.');
}

function outgoingRisks({ config: { integrations } }: AuditedSite): Finding[] {
  const ways = { NTFY_URL: integrations.ntfy?.url, GOTIFY_URL: integrations.gotify?.url, WEBHOOK_URL: integrations.webhook?.url };
  const topic = integrations.ntfy && new URL(integrations.ntfy.url).pathname.split('/').filter(Boolean).at(-1);
  return [
    ...Object.entries(ways)
      .filter(([, url]) => url?.startsWith('http://') && !isPrivateHost(new URL(url).hostname))
      .map(([name]) =>
        finding('medium', 'plain-http-out', `Alarms with glucose leave by plain http (${name}).`, `${name}: use https.`)
      ),
    ...(topic !== undefined && topic.length < 16 && !integrations.ntfy?.token
      ? [
          finding(
            'medium',
            'ntfy-topic',
            'Whoever guesses the short name of the ntfy topic reads the alarms.',
            'NTFY_URL: a topic of 16 characters or more that nobody can guess, or one that needs NTFY_TOKEN.'
          )
        ]
      : []),
    ...(integrations.webhook && !integrations.webhook.secret
      ? [
          finding(
            'low',
            'webhook-unsigned',
            'The receiver of the webhook cannot tell who sent it.',
            'WEBHOOK_SECRET: set it, and check X-Vigil-Signature there.'
          )
        ]
      : [])
  ];
}
