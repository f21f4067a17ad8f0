import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** What the first start found out. */
export interface FirstRun {
  /** Where the server listens: `http://localhost:1337`. */
  readonly url: string;
  /** The API secret that was just made. */
  readonly secret: string;
  /** Whether plain http is answered; when not, apps need https (a proxy, or SSL_KEY and SSL_CERT). */
  readonly insecureUseHttp?: boolean;
  /** File the secret is kept in. */
  readonly file?: string;
}

/** The text shown once, at the first start: what to enter in an app. Goes to the terminal, never to the log. */
export function firstRunText({ url, secret, insecureUseHttp = true, file }: FirstRun, interfaces = networkInterfaces()): string {
  const urls = reachableUrls(url, interfaces);
  const lines = [
    'Vigil made an API secret for this site. It is shown this once; write it down.',
    '',
    `  URL         ${urls.join('\n              ')}`,
    `  API secret  ${secret}`,
    '',
    'Enter both in your app (AAPS, Loop, xDrip+, Trio …).',
    `xDrip+ wants them in one line:  ${withSecret(urls[0] ?? url, secret)}`,
    ...(file ? [`The secret is kept in ${file}; set API_SECRET to use one of your own.`] : []),
    ...(insecureUseHttp || url.startsWith('https:')
      ? []
      : [
          '',
          'Plain http is redirected to https: put a proxy with https in front, set SSL_KEY and SSL_CERT,',
          'or set INSECURE_USE_HTTP=true for a network of your own.'
        ])
  ];
  return `\n${lines.join('\n')}\n\n`;
}

/** Phones cannot reach `localhost`: a server on all addresses is shown by those of this machine's network. */
export function reachableUrls(url: string, interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces()): string[] {
  const { protocol, hostname, port } = new URL(url);
  if (hostname !== 'localhost') return [url];
  const addresses = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => `${protocol}//${address}${port ? `:${port}` : ''}`);
  return addresses.length > 0 ? addresses : [url];
}

function withSecret(url: string, secret: string): string {
  return `${url.replace('://', `://${secret}@`)}/api/v1/`;
}
