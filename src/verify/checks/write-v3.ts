import * as z from 'zod';
import { type Check, must } from '../check.ts';
import { type Answer, fits, type Probe } from '../probe.ts';
import { v3TreatmentOf } from '../writes.ts';

const PATH = '/api/v3/treatments';
const CREATED = z.looseObject({ status: z.literal(201), identifier: z.string(), lastModified: z.number().int() });
const DOC = z.looseObject({ identifier: z.string(), srvModified: z.number().int(), created_at: z.string(), notes: z.string() });

const send = (probe: Probe, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
  probe.ask(method, path, { as: 'jwt', ...(body !== undefined && { body }), ...(headers && { headers }) });

/** A new document of this visit; it is removed at the end. */
export async function create(probe: Probe, number: number): Promise<string> {
  const answer = await send(probe, 'POST', PATH, v3TreatmentOf(probe.visit, number));
  must(answer.status === 201, `${answer.asked} answered ${answer.status} instead of 201`);
  const { identifier } = fits(answer.json(), CREATED, 'the answer to a POST on v3');
  probe.visit.made.add(identifier);
  return identifier;
}

const read = async (probe: Probe, identifier: string) =>
  fits(await probe.v3(`${PATH}/${identifier}`), DOC, 'a document read back on v3');

/** Writing over v3, as AAPS does. */
export const WRITE_V3: readonly Check[] = [
  {
    id: 'write-v3-create',
    title: 'POST creates (201) and the document comes back whole, with created_at and srvModified',
    apps: ['AAPS'],
    needs: ['v3-write'],
    async run(probe) {
      const sent = v3TreatmentOf(probe.visit, 30);
      const found = await read(probe, await create(probe, 30));
      for (const [name, value] of Object.entries(sent)) must(found[name] === value, `${name} of a document comes back changed`);
      must(Date.parse(found.created_at) === sent.date, 'created_at is not made from date');
    }
  },
  {
    id: 'write-v3-dedup',
    title: 'the same document again is recognised (200, isDeduplication)',
    apps: ['AAPS'],
    needs: ['v3-write'],
    async run(probe) {
      const identifier = await create(probe, 31);
      const again = await send(probe, 'POST', PATH, v3TreatmentOf(probe.visit, 31));
      must(again.status === 200, `a document sent again is answered ${again.status} instead of 200`);
      const shape = z.looseObject({ identifier: z.string(), isDeduplication: z.literal(true) });
      must(
        fits(again.json(), shape, 'the answer to a document sent again').identifier === identifier,
        'a document sent again has another identifier'
      );
    }
  },
  {
    id: 'write-v3-update',
    title: 'PUT replaces, PATCH merges',
    apps: ['AAPS'],
    needs: ['v3-write'],
    async run(probe) {
      const identifier = await create(probe, 32);
      const put = await send(
        probe,
        'PUT',
        `${PATH}/${identifier}`,
        v3TreatmentOf(probe.visit, 32, { notes: 'put', reason: 'kept' })
      );
      must(put.status === 200, `PUT answered ${put.status}`);
      const patch = await send(probe, 'PATCH', `${PATH}/${identifier}`, { notes: 'patched' });
      must(patch.status === 200, `PATCH answered ${patch.status}`);
      const found = await read(probe, identifier);
      must(found.notes === 'patched' && found.reason === 'kept', 'PUT and PATCH do not leave what they should');
    }
  },
  {
    id: 'write-v3-delete',
    title: 'DELETE makes a document 410, and HISTORY tells of it',
    apps: ['AAPS'],
    needs: ['v3-write'],
    async run(probe) {
      const identifier = await create(probe, 33);
      const { srvModified } = await read(probe, identifier);
      const gone = await send(probe, 'DELETE', `${PATH}/${identifier}`);
      must(gone.status === 200, `DELETE answered ${gone.status}`);
      const answer = await send(probe, 'GET', `${PATH}/${identifier}`);
      must(answer.status === 410, `a deleted document is answered ${answer.status} instead of 410`);
      const changes = fits(
        await probe.v3(`${PATH}/history/${srvModified - 1}?limit=1000`),
        z.array(z.looseObject({ identifier: z.string(), isValid: z.boolean().optional() })),
        'HISTORY'
      );
      must(
        changes.some((one) => one.identifier === identifier && one.isValid === false),
        'HISTORY does not tell of a deleted document'
      );
    }
  },
  {
    id: 'write-v3-conditions',
    title: 'If-Modified-Since is 304 for what has not changed, If-Unmodified-Since 412 for what has',
    apps: [],
    needs: ['v3-write'],
    async run(probe) {
      const identifier = await create(probe, 34);
      const { srvModified } = await read(probe, identifier);
      const at = (ms: number) => new Date(srvModified + ms).toUTCString();
      const same = await send(probe, 'GET', `${PATH}/${identifier}`, undefined, { 'if-modified-since': at(2000) });
      must(same.status === 304, `If-Modified-Since is answered ${same.status} instead of 304`);
      const stale = await send(probe, 'PUT', `${PATH}/${identifier}`, v3TreatmentOf(probe.visit, 34, { notes: 'stale' }), {
        'if-unmodified-since': at(-60_000)
      });
      must(stale.status === 412, `a stale If-Unmodified-Since is answered ${stale.status} instead of 412`);
    }
  },
  {
    id: 'write-v3-bad',
    title: 'a document without date or app is 400 with a message, and changes nothing',
    apps: ['AAPS'],
    needs: ['v3-write'],
    async run(probe) {
      const answer = await send(probe, 'POST', PATH, { ...v3TreatmentOf(probe.visit, 35), date: undefined });
      must(answer.status === 400, `a document without date is answered ${answer.status} instead of 400`);
      fits(answer.json(), z.looseObject({ status: z.literal(400), message: z.string() }), 'the answer to a bad document');
    }
  }
];
