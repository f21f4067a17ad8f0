import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpInput } from './input.ts';

/** The fuzzers' clock starts here: a run can be repeated with the very same inputs. */
export const START = Date.parse('2026-11-20T12:00:00.000Z');

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Recordings that may lie beside the project; without them only our own are used. */
const BESIDE = ['../../../shared/golden/scenarios/', '../../../shared/clients/'];

/** Requests real apps made, as they can be sent, and every document in them. */
export function readRecorded(): { requests: HttpInput[]; documents: Record<string, unknown>[] } {
  const own = JSON.parse(readFileSync(new URL('../openapi/recorded.json', import.meta.url), 'utf8')) as Exchange[];
  const exchanges = [...own, ...BESIDE.map((path) => new URL(path, import.meta.url).pathname).flatMap(exchangesIn)];
  const requests = new Map<string, HttpInput>();
  const documents = new Map<string, Record<string, unknown>>();
  for (const { method, path, headers = {}, body } of exchanges) {
    const sent = fill(body);
    // our own recording keeps what was answered: for a document that is as good as what was sent
    for (const doc of Array.isArray(sent) ? sent : [sent])
      if (doc !== null && typeof doc === 'object' && documents.size < 2000)
        documents.set(JSON.stringify(doc).slice(0, 4000), doc);
    const input: HttpInput = {
      door: 'http',
      method,
      path: encodeURI(decodeURIComponentSafely(String(fill(path)))),
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(fill(value)).replace(/[^\t\x20-\xff]/g, '')])
      ),
      ...(body !== undefined && method !== 'GET' && { body: typeof sent === 'string' ? sent : JSON.stringify(sent) })
    };
    requests.set(`${method} ${input.path.replace(/\d+/g, '')} ${input.body?.replace(/\d+/g, '').slice(0, 300)}`, input);
  }
  return { requests: [...requests.values()], documents: [...documents.values()] };
}

function exchangesIn(folder: string): Exchange[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return files.flatMap((name) => {
    const { steps = [] } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      steps?: (Exchange & { request?: Exchange })[];
    };
    return steps
      .map((step) => step.request ?? step)
      .filter(({ method, path }) => typeof method === 'string' && typeof path === 'string');
  });
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text.replaceAll('%', '');
  }
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/** Puts values in place of what the recordings leave open, the clock standing still. */
function fill(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fill);
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v)]));
  if (typeof value !== 'string') return value;
  const whole = /^\{\{([^}]*)\}\}$/.exec(value);
  if (whole) return resolved(whole[1]!);
  return value.replace(/\{\{([^}]*)\}\}/g, (_, name: string) => String(resolved(name)));
}

function resolved(name: string): string | number {
  const [, kind = '', sign, offset = ''] = /^([A-Z0-9_a-z:]*?)([+-])((?:\d+[dhms])+|\d+)/.exec(name) ?? [undefined, name];
  const ms = /^\d+$/.test(offset)
    ? Number(offset)
    : [...offset.matchAll(/(\d+)([dhms])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
  const at = new Date(START + (sign === '-' ? -ms : ms));
  if (/^(T|NOW_MS|SEC_MS)$/.test(kind)) return at.getTime();
  if (/^(TSTR|NOW_MS:str|SEC_MS:str)$/.test(kind)) return String(at.getTime());
  if (/HTTP/.test(kind)) return at.toUTCString();
  if (/ISOS|ISO_SEC/.test(kind)) return at.toISOString().replace(/\.\d+/, '');
  if (/ISO/.test(kind)) return at.toISOString();
  if (/DATE/.test(kind)) return at.toISOString().slice(0, 10);
  if (/SECRET/.test(kind)) return '{{secret}}';
  if (/jwt/i.test(kind)) return /reader|none|nothing|ghost/.test(kind) ? '{{jwt:reader}}' : '{{jwt:admin}}';
  if (/token/i.test(kind)) return /READ|reader/.test(kind) ? '{{token:reader}}' : '{{token:admin}}';
  if (/UUID/.test(kind)) return `00000000-0000-4000-8000-${name.replace(/\D/g, '').padStart(12, '0').slice(0, 12)}`;
  return `{{id:${name.length}}}`;
}
