import { presentDoc } from '../../collections/v3-document.ts';
import type { Doc } from '../../storage/port.ts';
import { sendResult } from './envelope.ts';
import { project, readFields } from './fields.ts';
import { readFilter } from './filter.ts';
import { formatOf, sendAs } from './format.ts';
import { needList, type Operation } from './operation.ts';
import { readLimit, readSkip } from './paging.ts';
import { presentJson } from './present.ts';
import { readSort } from './sort.ts';
import type { Tools } from './tools.ts';

/** GET of a collection: the documents that match, deleted ones never. */
export function search({ services }: Tools): Operation {
  return async ({ req, res, collection, who, params }) => {
    needList(who, collection);
    const query = {
      filter: readFilter(params),
      sort: readSort(params),
      limit: readLimit(params, services.config.api3.maxLimit),
      skip: readSkip(params)
    };
    const fields = readFields(params);
    res.vary('Accept');
    const format = formatOf(req);
    const texts: string[] = [];
    const docs: Doc[] = [];
    for await (const batch of services.storage.find(collection, query)) {
      for (const stored of batch) {
        if (format === 'json' && !fields) texts.push(presentJson(collection, stored).json);
        else docs.push(project(presentDoc(collection, stored.doc), fields));
      }
    }
    if (format !== 'json') sendAs(res, format, docs);
    else sendResult(res, fields ? JSON.stringify(docs) : `[${texts.join(',')}]`);
  };
}
