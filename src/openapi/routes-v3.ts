import type { z } from 'zod';
import { V3_COLLECTIONS, type V3Collection } from '../collections/v3-document.ts';
import { type Answer, json, NOT_MODIFIED, type Route } from './route.ts';
import { V3DeviceStatus, V3DeviceStatusInput } from './shapes/devicestatus.ts';
import { V3Entry, V3EntryInput } from './shapes/entry.ts';
import { V3Food, V3FoodInput } from './shapes/food.ts';
import { V3Profile, V3ProfileInput } from './shapes/profile.ts';
import { V3Settings, V3SettingsInput } from './shapes/settings.ts';
import { V3Treatment, V3TreatmentInput } from './shapes/treatment.ts';
import {
  result,
  results,
  V3Created,
  V3Deduplicated,
  V3Done,
  V3LastModified,
  V3Replaced,
  V3Status,
  V3Version
} from './shapes/v3-envelope.ts';

const DOCUMENTS: Readonly<Record<V3Collection, readonly [shown: z.ZodObject, input: z.ZodObject]>> = {
  devicestatus: [V3DeviceStatus, V3DeviceStatusInput],
  entries: [V3Entry, V3EntryInput],
  food: [V3Food, V3FoodInput],
  profile: [V3Profile, V3ProfileInput],
  settings: [V3Settings, V3SettingsInput],
  treatments: [V3Treatment, V3TreatmentInput]
};

/** JSON in its envelope, CSV and XML without. */
const rendered = (shape: z.ZodType, description: string, headers: readonly string[]): Readonly<Record<number, Answer>> => ({
  200: { description, content: { 'application/json': shape, 'text/csv': 'text', 'application/xml': 'text' }, headers }
});
const created: Answer = {
  description: 'The document was not there before and has been stored.',
  content: { 'application/json': V3Created },
  headers: ['Last-Modified', 'Location']
};

/** The operations of one collection. */
function collectionRoutes(collection: V3Collection): Route[] {
  const [shown, input] = DOCUMENTS[collection];
  const tag = collection;
  const path = `/${collection}`;
  const one = `${path}/{identifier}`;
  const right = (verb: string): string => `api:${collection}:${verb}`;
  const admin = collection === 'settings' ? ['api:settings:admin'] : [];
  const list = collection === 'settings' ? admin : [right('read')];
  const changes = {
    ...rendered(results(shown), 'Oldest change first; deleted documents with `isValid: false`. Ask on from the `ETag`.', [
      'Last-Modified',
      'ETag'
    ]),
    ...NOT_MODIFIED
  };
  return [
    {
      method: 'get',
      path,
      tag,
      summary: `Searches ${collection}`,
      description: 'Deleted documents are never among them. Sorted by identifier unless `sort` says otherwise.',
      permissions: list,
      parameters: ['filters', 'limit', 'skip', 'sort', 'sortDescending', 'fields'],
      answers: rendered(results(shown), 'The documents that match.', []),
      problems: ['V3BadRequest', 'V3Forbidden', 'V3NotAcceptable']
    },
    {
      method: 'post',
      path,
      tag,
      summary: `Stores one of the ${collection}`,
      description: `A document known already is replaced, which takes \`${right('update')}\` instead.`,
      permissions: [right('create')],
      body: input,
      answers: {
        200: {
          description: 'It was known already and has been replaced.',
          content: { 'application/json': V3Deduplicated },
          headers: ['Last-Modified', 'Location']
        },
        201: created
      },
      problems: ['V3BadRequest', 'V3Forbidden', 'V3TooLarge', 'V3UnsupportedType', 'V3ReadOnly']
    },
    {
      method: 'get',
      path: `${path}/history`,
      tag,
      summary: `What changed in ${collection} since the time in a header`,
      permissions: list,
      parameters: ['sinceHeader', 'limit', 'fields', 'ifNoneMatch'],
      answers: changes,
      problems: ['V3BadRequest', 'V3Forbidden', 'V3NotAcceptable']
    },
    {
      method: 'get',
      path: `${path}/history/{since}`,
      tag,
      summary: `What changed in ${collection} since a time`,
      permissions: list,
      parameters: ['since', 'limit', 'fields', 'ifNoneMatch'],
      answers: changes,
      problems: ['V3BadRequest', 'V3Forbidden', 'V3NotAcceptable']
    },
    {
      method: 'get',
      path: one,
      tag,
      summary: `Reads one of the ${collection}`,
      permissions: [right('read'), ...admin],
      parameters: ['identifier', 'fields', 'ifModifiedSince'],
      answers: { ...rendered(result(shown), 'The document.', ['Last-Modified']), ...NOT_MODIFIED },
      problems: ['V3BadRequest', 'V3Forbidden', 'V3NotFound', 'V3NotAcceptable', 'V3Gone']
    },
    {
      method: 'put',
      path: one,
      tag,
      summary: `Replaces one of the ${collection}, or stores it`,
      description: `Storing what is not there takes \`${right('create')}\` instead.`,
      permissions: [right('update')],
      parameters: ['identifier', 'ifMatch', 'ifUnmodifiedSince'],
      body: input,
      answers: {
        200: { description: 'It has been replaced.', content: { 'application/json': V3Replaced }, headers: ['Last-Modified'] },
        201: created
      },
      problems: ['V3BadRequest', 'V3Forbidden', 'V3Gone', 'V3Stale', 'V3TooLarge', 'V3UnsupportedType', 'V3ReadOnly']
    },
    {
      method: 'patch',
      path: one,
      tag,
      summary: `Sets fields of one of the ${collection}`,
      description: 'Dotted names reach inside. Never stores a new document.',
      permissions: [right('update')],
      parameters: ['identifier', 'ifMatch', 'ifUnmodifiedSince'],
      body: input.partial(),
      answers: json(V3Done, 'The fields are set.', ['Last-Modified']),
      problems: [
        'V3BadRequest',
        'V3Forbidden',
        'V3NotFound',
        'V3Gone',
        'V3Stale',
        'V3TooLarge',
        'V3UnsupportedType',
        'V3ReadOnly'
      ]
    },
    {
      method: 'delete',
      path: one,
      tag,
      summary: `Deletes one of the ${collection}`,
      permissions: [right('delete')],
      parameters: ['identifier', 'permanent', 'ifMatch', 'ifUnmodifiedSince'],
      answers: json(V3Done, 'It is deleted.'),
      problems: ['V3BadRequest', 'V3Forbidden', 'V3NotFound', 'V3Stale', 'V3ReadOnly']
    }
  ];
}

/** API v3, below `/api/v3`. */
export const ROUTES_V3: readonly Route[] = [
  {
    method: 'get',
    path: '/version',
    tag: 'site',
    summary: 'Who serves',
    description: 'The only operation without credentials.',
    permissions: [],
    answers: json(result(V3Version), 'The version.')
  },
  {
    method: 'get',
    path: '/status',
    tag: 'site',
    summary: 'Who serves, and what the caller may',
    permissions: [],
    credentials: 'needed',
    answers: json(result(V3Status), 'The status.')
  },
  {
    method: 'get',
    path: '/lastModified',
    tag: 'site',
    summary: 'When each collection changed last',
    description: 'Of the collections the caller may read; the others are missing.',
    permissions: [],
    credentials: 'needed',
    answers: json(result(V3LastModified), 'The times.')
  },
  {
    method: 'get',
    path: '/test',
    tag: 'debug',
    summary: 'Tries a token',
    description: 'Not there where NODE_ENV says production.',
    permissions: ['api:entries:read'],
    answers: { 200: { description: 'The token is good; no body.' } },
    problems: ['V3Forbidden']
  },
  {
    method: 'get',
    path: '/swagger-ui-dist',
    tag: 'documentation',
    summary: 'Where the documentation used to be',
    permissions: [],
    answers: { 307: { description: 'To `/api3-docs`.', headers: ['Location'] } }
  },
  ...V3_COLLECTIONS.flatMap(collectionRoutes)
];
