import type { Request, RequestHandler } from 'express';
import { postActivity, putActivity } from '../../collections/activity.ts';
import { postDevicestatus } from '../../collections/devicestatus.ts';
import { postEntries, previewEntries } from '../../collections/entries.ts';
import { postFood, putFood } from '../../collections/food.ts';
import { postProfile, putProfile } from '../../collections/profile.ts';
import { postTreatments, putTreatment } from '../../collections/treatments.ts';
import type { Upload, UploadContext } from '../../collections/upload.ts';
import { Refusal } from '../../errors.ts';
import type { CollectionName, Doc } from '../../storage/port.ts';
import { writeConditions } from '../v3/conditional.ts';
import type { V1 } from './v1.ts';

type Build = (body: unknown, context: UploadContext) => Upload[];

/** How an upload is answered: as many elements as were sent, in order, or the one object of a PUT. */
type Shape = 'list' | 'one';

const one =
  (build: (body: unknown, context: UploadContext) => Upload): Build =>
  (body, context) => [build(body, context)];

/** What `POST` and `PUT` of each collection do. */
const UPLOADS = {
  'POST entries': [postEntries, 'list'],
  'POST treatments': [postTreatments, 'list'],
  'PUT treatments': [putTreatment, 'one'],
  'POST devicestatus': [postDevicestatus, 'list'],
  'POST profile': [postProfile, 'list'],
  'PUT profile': [one(putProfile), 'one'],
  'POST food': [postFood, 'list'],
  'PUT food': [putFood, 'list'],
  'POST activity': [postActivity, 'list'],
  'PUT activity': [one(putActivity), 'one']
} as const satisfies Readonly<Record<string, readonly [Build, Shape]>>;

/** `POST` or `PUT` of a collection: stores the body and answers with the documents as understood, each with its `_id` (D8). */
export function takeUploads(v1: V1, what: keyof typeof UPLOADS): RequestHandler {
  const [build, shape]: readonly [Build, Shape] = UPLOADS[what];
  const [method, collection] = what.split(' ') as ['POST' | 'PUT', CollectionName];
  const { uuidHandling, predictionsMaxSize, obscureDeviceProvenance } = v1.config;
  const obscure = collection === 'entries' && obscureDeviceProvenance !== '' ? { device: obscureDeviceProvenance } : undefined;
  return async (req, res) => {
    demandReadable(req, collection);
    const uploads = build(req.body, { now: v1.now(), uuidHandling, predictionsMaxSize });
    demandStorable(req, uploads);
    const outcomes = await v1.commit(
      collection,
      v1.door,
      method === 'PUT' ? uploads.map((upload) => onlyIfUnchanged(req, upload)) : uploads
    );
    const answers = outcomes.map(({ doc }, at): Doc => {
      const { _id, srvModified, srvCreated } = doc!;
      return Object.assign({}, withoutId(uploads[at]!.incoming), obscure, { _id, srvModified, srvCreated });
    });
    res.json(shape === 'one' ? answers[0] : answers);
  };
}

/** Without its `_id`, which stands behind what was sent. */
function withoutId(incoming: Doc): Doc {
  if (!('_id' in incoming)) return incoming;
  const { _id, ...rest } = incoming;
  return rest;
}

/** `POST /entries/preview`: echoes what would be taken in. */
export const previewUploads: RequestHandler = (req, res) => {
  demandReadable(req, 'entries');
  res.json(previewEntries(req.body));
};

/** The largest document MongoDB keeps, bytes; the same everywhere, so that a database can move between the stores. */
const LARGEST = 16 * 1_048_576;

/** @throws Refusal `too-large` when one document of a large body is too large by itself */
function demandStorable(req: Request, uploads: readonly Upload[]): void {
  const packed = req.headers['content-encoding'] !== undefined || req.headers['content-length'] === undefined;
  if (!packed && Number(req.headers['content-length']) < LARGEST) return;
  for (const { incoming } of uploads) {
    if (Buffer.byteLength(JSON.stringify(incoming)) > LARGEST - 1024)
      throw new Refusal('too-large', 'A document may have 16 MiB at most');
  }
}

/** D6: `If-Match` and `If-Unmodified-Since` hold for every document of the request. */
function onlyIfUnchanged(req: Request, upload: Upload): Upload {
  const unchanged = writeConditions(req);
  return {
    ...upload,
    decide: (stored, now) => {
      unchanged(typeof stored?.srvModified === 'number' ? stored.srvModified : undefined, stored !== undefined);
      return upload.decide(stored, now);
    }
  };
}

/**
 * A body of a type nobody reads would count as an empty document: data silently lost, and an empty treatment stored. Entries
 * answer `[]` to text, as ever. The reference reads `…+json` as empty; its recorded answer is kept.
 * @throws Refusal `unsupported-type`, `bad-document`
 */
function demandReadable(req: Request, collection: CollectionName): void {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  const type = req.headers['content-type'];
  if (!hasBody || req.is(['application/json', 'application/x-www-form-urlencoded', '+json'])) return;
  if (collection !== 'entries' || type === undefined) throw new Refusal('unsupported-type', 'Send application/json');
  if (req.is('application/octet-stream')) throw new Refusal('bad-document', 'Send application/json');
}
