import type { Request } from 'express';
import { parseV3Time } from '../../collections/v3-time.ts';
import { Refusal } from '../../errors.ts';
import type { Page } from '../page-cache.ts';
import { changesSince } from './changes.ts';
import { sendNotModified } from './conditional.ts';
import { sendText, setLastModified } from './envelope.ts';
import { project, readFields } from './fields.ts';
import { formatOf, listAs, listAsJson, setExtension, splitExtension } from './format.ts';
import { needList, type Operation } from './operation.ts';
import { readLimit } from './paging.ts';
import type { Tools } from './tools.ts';

const badTime = (): Refusal => new Refusal('bad-query', 'Bad or missing Last-Modified header/parameter');

/**
 * GET of what changed, oldest change first, deleted documents as `isValid: false`. The ETag is exactly `W/"<ms>"`: AAPS cuts
 * the number out of it and asks from there the next time.
 */
export function history({ services, pages }: Tools): Operation {
  return async ({ req, res, collection, who, params }) => {
    needList(who, collection);
    const after = req.params.since === undefined ? headerTime(req) - 1 : pathTime(req, String(req.params.since));
    const limit = readLimit(params, services.config.api3.maxLimit);
    const fields = readFields(params);
    res.vary('Accept');
    const format = formatOf(req);
    const make = async (): Promise<Page> => {
      const changes = await changesSince(services.storage, collection, { after, limit, now: services.now() });
      const docs = () => changes.map((change) => project(change.doc(), fields));
      const texts = () => (fields ? docs().map((doc) => JSON.stringify(doc)) : changes.map((change) => change.json()));
      const page = format === 'json' ? listAsJson(texts()) : listAs(format, docs());
      return { ...page, modified: changes.at(-1)?.modified };
    };
    const key = `history ${format} ${after} ${limit} ${[...(fields ?? [])]}`;
    const { type, body, modified } = await pages.get(collection, key, make);
    if (modified !== undefined) {
      setLastModified(res, modified);
      res.setHeader('ETag', `W/"${modified}"`);
      if (req.fresh) {
        sendNotModified(res);
        return;
      }
    }
    sendText(res, 200, type, body);
  };
}

/** `/history/<time>`: ms, seconds or ISO text; changes after it. @throws Refusal 400 */
function pathTime(req: Request, segment: string): number {
  const whole = parseV3Time(segment);
  if (whole) return whole.mills;
  const { name, extension } = splitExtension(segment);
  const time = parseV3Time(name);
  if (!time || !extension) throw badTime();
  setExtension(req, extension);
  return time.mills;
}

/** Header `Last-Modified`: changes in or after that second. @throws Refusal 400 */
function headerTime(req: Request): number {
  const ms = Date.parse(req.get('Last-Modified') ?? '');
  if (Number.isNaN(ms)) throw badTime();
  return Math.floor(ms / 1000) * 1000;
}
