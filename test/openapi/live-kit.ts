import type { Checker, Exchange, Operation } from './kit.ts';

/** What stands in for the parameters of a path. */
const SAMPLES: Readonly<Record<string, string>> = {
  spec: 'sgv',
  _id: 'f'.repeat(24),
  id: 'f'.repeat(24),
  storage: 'entries',
  field: 'dateString',
  type: 'sgv',
  model: 'sgv',
  prefix: '20',
  regex: 'T',
  names: 'iob,bgnow',
  permission: 'api:entries:read',
  since: '1000000000000',
  identifier: 'doc-1',
  at: new Date(Date.now() - 3_600_000).toISOString(),
  asset: 'swagger-ui.css'
};

/** A path somebody could ask for. */
export const samplePath = (path: string, more: Readonly<Record<string, string>> = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = more[name] ?? SAMPLES[name];
    if (value === undefined) throw new Error(`no sample for {${name}} of ${path}`);
    return encodeURIComponent(value);
  });

/** Asks, and keeps what came back as a client sees it. */
export async function exchange(
  url: string,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Readonly<Record<string, string>>; body?: unknown } = {}
): Promise<Exchange> {
  const response = await fetch(`${url}${path}`, {
    method: method.toUpperCase(),
    redirect: 'manual',
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) })
  });
  const text = await response.text();
  const contentType = response.headers.get('content-type');
  const isJson = contentType?.startsWith('application/json') && text !== '';
  return { method, path, status: response.status, contentType, body: isJson ? JSON.parse(text) : text };
}

/** Some refusals and redirects have a text of their own that means nothing. */
export const faultsOf = (checker: Checker, answer: Exchange): string[] =>
  answer.status >= 300 && answer.status < 400 ? checker.faults({ ...answer, body: '' }) : checker.faults(answer);

export const label = ({ method, path }: Pick<Operation, 'method' | 'path'>): string => `${method.toUpperCase()} ${path}`;
