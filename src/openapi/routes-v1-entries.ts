import * as z from 'zod';
import { type Answer, json, NOT_MODIFIED, type Route } from './route.ts';
import { StoredDeviceStatus } from './shapes/devicestatus.ts';
import { Entry, StoredEntry } from './shapes/entry.ts';
import { WrittenTreatment } from './shapes/treatment.ts';
import { Counted, Echo, TimesEcho } from './shapes/v1-answers.ts';
import { deleted, FRESHNESS, oneOrMany, QUERY, reads, stored, VALIDATORS, writes } from './v1-parts.ts';

/** Entries come in the form asked for by `Accept` or by the extension of the path. */
const ENTRIES: Readonly<Record<number, Answer>> = {
  200: {
    description: 'Entries, newest first. The text forms have the columns dateString, date, sgv, direction, device.',
    content: {
      'application/json': z.array(StoredEntry),
      'text/csv': 'text',
      'text/tab-separated-values': 'text',
      'text/plain': 'text'
    },
    headers: VALIDATORS
  },
  ...NOT_MODIFIED
};
const SLICED: Readonly<Record<number, Answer>> = {
  ...ENTRIES,
  200: {
    ...ENTRIES[200]!,
    description: 'Documents, newest first.',
    content: {
      ...ENTRIES[200]!.content,
      'application/json': z.array(z.union([StoredEntry, WrittenTreatment, StoredDeviceStatus]))
    }
  }
};
const slices = (path: string, parameters: readonly ('type' | 'prefix' | 'regex')[]): Route => ({
  method: 'get',
  path: `/slice/{storage}/{field}${path}`,
  tag: 'entries',
  summary: 'Documents of a collection whose field fits a pattern',
  permissions: reads('{storage}'),
  parameters: ['storage', 'field', ...parameters, ...QUERY],
  answers: SLICED
});
const times = (path: string, parameters: readonly ('prefix' | 'regex')[]): Route => ({
  method: 'get',
  path: `/times/${path}`,
  tag: 'entries',
  summary: 'Entries whose `dateString` fits a pattern',
  permissions: reads('entries'),
  parameters: [...parameters, ...QUERY],
  answers: ENTRIES
});
const timesEcho = (path: string, parameters: readonly ('prefix' | 'regex')[]): Route => ({
  method: 'get',
  path: `/times/echo${path}`,
  tag: 'debug',
  summary: 'Shows what patterns become',
  permissions: reads('entries'),
  parameters,
  answers: json(TimesEcho, 'The patterns.')
});
const echoes = (path: string, parameters: readonly ('model' | 'echoId')[]): Route => ({
  method: 'get',
  path: `/echo/{storage}${path}`,
  tag: 'debug',
  summary: 'Shows what a query becomes',
  permissions: reads('{storage}'),
  parameters: ['echoStorage', ...parameters, 'find'],
  answers: json(Echo, 'The query.'),
  problems: ['NotFound']
});

/** Entries, and what looks at several collections in their manner. */
export const ENTRIES_ROUTES: readonly Route[] = [
  {
    method: 'get',
    path: '/entries',
    tag: 'entries',
    summary: 'The newest entries',
    description: '10 unless `count` says otherwise.',
    permissions: reads('entries'),
    parameters: QUERY,
    answers: ENTRIES
  },
  {
    method: 'post',
    path: '/entries',
    tag: 'entries',
    summary: 'Stores entries',
    description: 'One or many. An entry with the date and type of a stored one is merged into it, so a repeat does no harm.',
    permissions: writes('entries', 'create'),
    body: oneOrMany(Entry),
    answers: stored(StoredEntry)
  },
  {
    method: 'delete',
    path: '/entries',
    tag: 'entries',
    summary: 'Deletes the entries that `find` matches',
    description: 'Without any condition nothing is deleted, and the answer is 400.',
    permissions: writes('entries', 'delete'),
    parameters: ['find'],
    answers: deleted
  },
  {
    method: 'post',
    path: '/entries/preview',
    tag: 'entries',
    summary: 'Shows what would be stored',
    permissions: writes('entries', 'create'),
    body: oneOrMany(Entry),
    answers: json(z.array(Entry), 'The entries as understood; nothing is stored.')
  },
  {
    method: 'get',
    path: '/entries/current',
    tag: 'entries',
    summary: 'The newest entry',
    description: 'None when it is older than four days.',
    permissions: reads('entries'),
    parameters: FRESHNESS,
    answers: ENTRIES
  },
  {
    method: 'get',
    path: '/entries/{spec}',
    tag: 'entries',
    summary: 'An entry by id, or the newest of a type',
    permissions: reads('entries'),
    parameters: ['spec', ...QUERY],
    answers: ENTRIES,
    problems: ['NotFound']
  },
  {
    method: 'delete',
    path: '/entries/{spec}',
    tag: 'entries',
    summary: 'Deletes an entry by id, or those of a type',
    permissions: writes('entries', 'delete'),
    parameters: ['deleteSpec', 'find'],
    answers: deleted
  },
  echoes('', []),
  echoes('/{model}', ['model']),
  echoes('/{model}/{id}', ['model', 'echoId']),
  timesEcho('', []),
  timesEcho('/{prefix}', ['prefix']),
  timesEcho('/{prefix}/{regex}', ['prefix', 'regex']),
  times('', []),
  times('{prefix}', ['prefix']),
  times('{prefix}/{regex}', ['prefix', 'regex']),
  slices('', []),
  slices('/{type}', ['type']),
  slices('/{type}/{prefix}', ['type', 'prefix']),
  slices('/{type}/{prefix}/{regex}', ['type', 'prefix', 'regex']),
  {
    method: 'get',
    path: '/count/{storage}/where',
    tag: 'entries',
    summary: 'How many documents `find` matches',
    permissions: reads('{storage}'),
    parameters: ['storage', 'find'],
    answers: json(Counted, 'The count.')
  }
];
