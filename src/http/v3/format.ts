import accepts from 'accepts';
import type { NextFunction, Request, Response } from 'express';
import { Refusal } from '../../errors.ts';
import type { Doc } from '../../storage/port.ts';
import type { Page } from '../page-cache.ts';
import { toCsv } from './csv.ts';
import { sendText } from './envelope.ts';
import { listToXml, toXml } from './xml.ts';

export type Format = 'json' | 'csv' | 'xml';

const TYPES: Readonly<Record<string, Format>> = { 'application/json': 'json', 'text/csv': 'csv', 'application/xml': 'xml' };
const SUFFIX = /^(.+?)\.([a-z0-9]+(?:\.[a-z0-9]+)*)$/i;
const FORMATS = new Set(['json', 'csv', 'xml']);
/** Extensions people know, and which this API has no rendering for: 406 once the rest of the request is in order. */
const UNSUPPORTED = new Set([
  'txt',
  'html',
  'htm',
  'tsv',
  'pdf',
  'png',
  'jpg',
  'jpeg',
  'gif',
  'svg',
  'ttf',
  'js',
  'css',
  'md',
  'zip',
  'gz',
  'tar',
  'tar.gz',
  'yaml',
  'yml',
  'xls',
  'xlsx'
]);

const notAcceptable = (): Refusal => new Refusal('not-acceptable', 'Unsupported output format requested');

/** A path segment as name and extension; the extension only when it is a known one (a dot in an identifier is legal, D13). */
export function splitExtension(segment: string): { name: string; extension: string | undefined } {
  const [, name, extension] = SUFFIX.exec(segment) ?? [];
  const known = extension !== undefined && (FORMATS.has(extension.toLowerCase()) || UNSUPPORTED.has(extension.toLowerCase()));
  return known ? { name: name!, extension: extension!.toLowerCase() } : { name: segment, extension: undefined };
}

/**
 * Takes the extension off `/entries.csv` and `/entries/history.csv`, where no identifier can stand; identifiers and times
 * are looked at by the operations, literally first.
 * @throws Refusal 406 for an extension nobody knows
 */
export function pathExtension(req: Request, _res: Response, next: NextFunction): void {
  const [path = '', query] = req.url.split(/\?(.*)/s);
  const segments = path.split('/');
  const at = segments.length === 3 && /^history\./i.test(segments[2]!) ? 2 : 1;
  const segment = segments[at] ?? '';
  const { name, extension } = splitExtension(segment);
  if (!extension && at === 1 && segment.includes('.')) throw notAcceptable();
  if (extension) {
    segments[at] = name;
    setExtension(req, extension);
    req.url = segments.join('/') + (query === undefined ? '' : `?${query}`);
  }
  next();
}

const extensions = new WeakMap<Request, string>();

/** Remembers the extension found in the path; it wins over Accept. */
export const setExtension = (req: Request, extension: string | undefined): void => {
  if (extension) extensions.set(req, extension);
};

/**
 * The format to answer in. A browser gets JSON although its Accept prefers XML (D13).
 * @throws Refusal 406
 */
export function formatOf(req: Request): Format {
  const extension = extensions.get(req);
  if (extension) {
    if (!FORMATS.has(extension)) throw notAcceptable();
    return extension as Format;
  }
  const accept = req.headers.accept;
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return 'json';
  if (accept.includes('text/html') && accept.includes('*/*')) return 'json';
  const type = accepts(req).types(Object.keys(TYPES));
  const format = typeof type === 'string' ? TYPES[type] : undefined;
  if (!format) throw notAcceptable();
  return format;
}

/** Sends one document as CSV (header and row) or XML (`<item>`). */
export function sendAs(res: Response, format: 'csv' | 'xml', doc: Doc): void {
  if (format === 'csv') sendText(res, 200, 'text/csv', toCsv([doc]));
  else sendText(res, 200, 'application/xml', toXml(doc));
}

/** Documents as a page of CSV or XML. */
export const listAs = (format: 'csv' | 'xml', docs: readonly Doc[]): Page =>
  format === 'csv'
    ? { type: 'text/csv', body: Buffer.from(toCsv(docs)) }
    : { type: 'application/xml', body: Buffer.from(listToXml(docs)) };

/** JSON texts of documents as a page in v3's envelope. */
export const listAsJson = (texts: readonly string[]): Page => ({
  type: 'application/json',
  body: Buffer.from(`{"status":200,"result":[${texts.join(',')}]}`)
});
