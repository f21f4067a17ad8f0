import type { Config } from '../config/config.ts';

/** Where the server of these settings answers on this machine, without a slash at the end: `http://127.0.0.1:1337`. */
export function localUrl({ hostname, port, tls }: Pick<Config, 'hostname' | 'port' | 'tls'>): string {
  const host = hostname === undefined || hostname === '0.0.0.0' ? '127.0.0.1' : hostname === '::' ? '::1' : hostname;
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
