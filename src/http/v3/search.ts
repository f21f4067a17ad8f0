import { presentDoc, type V3Collection } from '../../collections/v3-document.ts';
import type { Doc, Storage } from '../../storage/port.ts';
import type { Query } from '../../storage/query.ts';
import type { Page } from '../page-cache.ts';
import { sendText } from './envelope.ts';
import { project, readFields } from './fields.ts';
import { readFilter } from './filter.ts';
import { type Format, formatOf, listAs, listAsJson } from './format.ts';
import { needList, type Operation } from './operation.ts';
import { readLimit, readSkip } from './paging.ts';
import { presentJson } from './present.ts';
import { readSort } from './sort.ts';
import type { Tools } from './tools.ts';

interface Asked {
  readonly query: Query;
  readonly fields: ReadonlySet<string> | undefined;
  readonly format: Format;
}

/** GET of a collection: the documents that match, deleted ones never. */
export function search({ services, pages }: Tools): Operation {
  const { maxLimit } = services.config.api3;
  return async ({ req, res, collection, who, params }) => {
    needList(who, collection);
    const query = {
      filter: readFilter(params),
      sort: readSort(params),
      limit: readLimit(params, maxLimit),
      skip: readSkip(params)
    };
    const fields = readFields(params);
    res.vary('Accept');
    const format = formatOf(req);
    const make = () => pageOf(services.storage, collection, { query, fields, format });
    const { type, body } = await pages.get(collection, `search ${format} ${params}`, make);
    sendText(res, 200, type, body);
  };
}

async function pageOf(storage: Storage, collection: V3Collection, { query, fields, format }: Asked): Promise<Page> {
  const texts: string[] = [];
  const docs: Doc[] = [];
  for await (const batch of storage.find(collection, query)) {
    for (const stored of batch) {
      if (format === 'json' && !fields) texts.push(presentJson(collection, stored).json);
      else docs.push(project(presentDoc(collection, stored.doc), fields));
    }
  }
  if (format !== 'json') return listAs(format, docs);
  return listAsJson(fields ? docs.map((doc) => JSON.stringify(doc)) : texts);
}
