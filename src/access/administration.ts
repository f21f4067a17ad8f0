import { admit } from '../collections/incoming.ts';
import { Refusal } from '../errors.ts';
import { isObjectId, newObjectId } from '../storage/object-id.ts';
import type { Doc, Storage } from '../storage/port.ts';
import { isPlainObject } from '../storage/query.ts';
import type { AccessAdmin, AdminOf, ListedSubject } from './admin.ts';
import type { LastUsed } from './last-used.ts';
import type { Reader } from './reader.ts';
import { byName, listRoles, textList } from './roles.ts';

const LIST_FIELDS = { subjects: 'roles', roles: 'permissions' } as const;
type Store = keyof typeof LIST_FIELDS;

const MAX_NAME = 200;

/** A form with many list fields arrives as an object with numbered keys; it was meant as a list. */
const asList = (value: unknown): unknown =>
  isPlainObject(value) && Object.keys(value).every((key) => /^\d+$/.test(key)) ? textList(value) : value;

/**
 * Admits a subject or role: a name is a must, since the reference ends its process over a subject without one and could then
 * never start again on this database.
 */
function admitFor(store: Store, body: unknown): Doc {
  // the admin page sends back what it listed; a token must not lie in the database
  const { accessToken: _token, ...doc } = admit(body);
  const field = LIST_FIELDS[store];
  if (typeof doc.name !== 'string' || doc.name.trim() === '')
    throw new Refusal('bad-document', 'name must be text that is not empty');
  if (doc.name.length > MAX_NAME) throw new Refusal('bad-document', `name must not be longer than ${MAX_NAME} characters`);
  if (field in doc) doc[field] = asList(doc[field]);
  const list = doc[field] ?? [];
  if (typeof list !== 'string' && !(Array.isArray(list) && list.every((item) => typeof item === 'string'))) {
    throw new Refusal('bad-document', `${field} must be a list of texts`);
  }
  if (store === 'subjects' && doc.expires && Number.isNaN(Date.parse(String(doc.expires)))) {
    throw new Refusal('bad-document', 'expires must be an ISO date');
  }
  return doc;
}

/** The `_id` a client sent, in lower case as tokens are derived from; undefined when it sent none. @throws Refusal `bad-id` */
function readId(_id: unknown): string | undefined {
  if (_id === undefined || _id === null || _id === '') return undefined;
  if (!isObjectId(_id))
    throw new Refusal('bad-id', `Invalid _id format: ${typeof _id === 'string' ? _id.slice(0, 100) : typeof _id}`);
  return _id.toLowerCase();
}

/**
 * Subjects and roles for their administrators. A write is answered when it is durable and acts on every check from then on.
 * @param deps.now the clock, epoch ms
 */
export function createAdministration(deps: {
  storage: Storage;
  reader: Reader;
  lastUsed: LastUsed;
  now: () => number;
}): AccessAdmin {
  const { storage, reader, lastUsed, now } = deps;
  /** One write after the other, so that memory ends as the database does. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(write: () => Promise<T>): Promise<T> {
    const result = last.then(async () => {
      if (!(await reader.loaded())) throw new Refusal('storage-away', 'Subjects and roles are not loaded yet', 2);
      return write();
    });
    last = result.catch(() => undefined);
    return result;
  }

  async function store(collection: Store, doc: Doc & { _id: string }): Promise<Doc> {
    await storage.apply([{ op: 'insert', collection, doc }]);
    reader.took(collection, doc._id, doc);
    return doc;
  }

  const adminOf = <Listed>(collection: Store, list: () => Listed[]): AdminOf<Listed> => ({
    list,
    create: (body) =>
      inTurn(() => {
        const { _id, ...rest } = admitFor(collection, body);
        const wanted = readId(_id);
        if (wanted && reader.docs(collection).some((doc) => doc._id === wanted))
          throw new Refusal('conflict', `_id ${wanted} exists already`);
        return store(collection, { ...rest, created_at: rest.created_at ?? isoOf(now()), _id: wanted ?? newObjectId(now()) });
      }),
    update: (body) =>
      inTurn(() => {
        const _id = readId(isPlainObject(body) ? body._id : undefined);
        if (!_id) throw new Refusal('bad-id', 'Missing _id for update');
        const doc = admitFor(collection, body);
        return store(collection, { ...doc, _id, created_at: doc.created_at ?? isoOf(now()) });
      }),
    remove: (text) =>
      inTurn(async () => {
        const _id = readId(text);
        if (!_id) throw new Refusal('bad-id', 'Missing _id');
        await storage.apply([{ op: 'remove', collection, _id }]);
        reader.took(collection, _id, undefined);
      })
  });

  const listSubjects = (): ListedSubject[] =>
    reader.directory().subjects.map(({ _id, name, accessToken, roles, expires }) => {
      const used = lastUsed.of(_id);
      return {
        _id,
        name,
        accessToken,
        ...(roles !== undefined && { roles }),
        ...(expires !== undefined && { expires: isoOf(expires) }),
        ...(used !== undefined && { lastUsed: isoOf(used) })
      };
    });
  return {
    subjects: adminOf('subjects', listSubjects),
    roles: adminOf('roles', () => listRoles(reader.docs('roles').map(idFirst)).sort(byName))
  };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
const idFirst = (doc: Doc): Doc => ({ _id: doc._id, ...doc }) as Doc;
