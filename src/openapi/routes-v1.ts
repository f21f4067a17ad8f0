import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { type Answer, json, NOT_MODIFIED, type Route, text } from './route.ts';
import { Activity, StoredActivity } from './shapes/activity.ts';
import { Empty } from './shapes/common.ts';
import { DeviceStatus, StoredDeviceStatus } from './shapes/devicestatus.ts';
import { Entry, StoredEntry } from './shapes/entry.ts';
import { Food, StoredFood } from './shapes/food.ts';
import { Profile, StoredProfile } from './shapes/profile.ts';
import { AdminNotifies, Status, VerifyAuth } from './shapes/status.ts';
import { StoredTreatment, Treatment, WrittenTreatment } from './shapes/treatment.ts';
import { Counted, Deleted, Echo, TestAnswer, TimesEcho } from './shapes/v1-answers.ts';

const careportal = ({ settings }: Config): boolean => settings.enable.includes('careportal');
const oneOrMany = (shape: z.ZodType) => z.union([shape, z.array(shape)]);

const FRESHNESS = ['ifModifiedSince', 'ifNoneMatch'] as const;
const CONDITIONS = ['ifMatch', 'ifUnmodifiedSince'] as const;
const QUERY = ['find', 'count', 'sortV1', ...FRESHNESS] as const;
const VALIDATORS = ['Last-Modified', 'ETag'];

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
const list = (shape: z.ZodType): Readonly<Record<number, Answer>> => ({
  ...json(z.array(shape), 'Documents, newest first.', VALIDATORS),
  ...NOT_MODIFIED
});
const stored = (shape: z.ZodType) => json(z.array(shape), 'As many documents as were sent, in order, each with its `_id`.');
const deleted = json(Deleted, 'How many were deleted; none is a good answer, too.');

const reads = (noun: string): string[] => [`api:${noun}:read`];
/** A write takes the right to read as well. */
const writes = (noun: string, verb: 'create' | 'update' | 'delete'): string[] => [`api:${noun}:read`, `api:${noun}:${verb}`];

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

/** API v1, below `/api/v1`; every one of them also answers below `/api/v2`. */
export const ROUTES_V1: readonly Route[] = [
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
  },

  {
    method: 'get',
    path: '/treatments',
    tag: 'treatments',
    summary: 'The newest treatments',
    description: '100, with a `find` 1000, unless `count` says otherwise.',
    permissions: reads('treatments'),
    parameters: QUERY,
    answers: list(StoredTreatment)
  },
  {
    method: 'post',
    path: '/treatments',
    tag: 'treatments',
    summary: 'Stores treatments',
    description: 'One or many. A treatment known already (by its own id, else by time and event type) is replaced.',
    permissions: writes('treatments', 'create'),
    body: oneOrMany(Treatment),
    answers: stored(WrittenTreatment),
    when: careportal
  },
  {
    method: 'put',
    path: '/treatments',
    tag: 'treatments',
    summary: 'Replaces a treatment, or stores it',
    permissions: writes('treatments', 'update'),
    parameters: CONDITIONS,
    body: Treatment,
    answers: json(WrittenTreatment, 'The treatment as stored.'),
    problems: ['Stale'],
    when: careportal
  },
  {
    method: 'delete',
    path: '/treatments',
    tag: 'treatments',
    summary: 'Deletes the treatments that `find` matches',
    permissions: writes('treatments', 'delete'),
    parameters: ['find'],
    answers: deleted,
    when: careportal
  },
  {
    method: 'delete',
    path: '/treatments/{id}',
    tag: 'treatments',
    summary: 'Deletes a treatment',
    permissions: writes('treatments', 'delete'),
    parameters: ['id', 'find'],
    answers: deleted,
    when: careportal
  },

  {
    method: 'get',
    path: '/devicestatus',
    tag: 'devicestatus',
    summary: 'The newest device statuses',
    description: '10 unless `count` says otherwise.',
    permissions: reads('devicestatus'),
    parameters: QUERY,
    answers: list(StoredDeviceStatus)
  },
  {
    method: 'post',
    path: '/devicestatus',
    tag: 'devicestatus',
    summary: 'Stores device statuses',
    permissions: writes('devicestatus', 'create'),
    body: oneOrMany(DeviceStatus),
    answers: stored(StoredDeviceStatus)
  },
  {
    method: 'delete',
    path: '/devicestatus',
    tag: 'devicestatus',
    summary: 'Deletes the device statuses that `find` matches',
    permissions: writes('devicestatus', 'delete'),
    parameters: ['find'],
    answers: deleted
  },
  {
    method: 'delete',
    path: '/devicestatus/{id}',
    tag: 'devicestatus',
    summary: 'Deletes a device status',
    permissions: writes('devicestatus', 'delete'),
    parameters: ['id', 'find'],
    answers: deleted
  },

  {
    method: 'get',
    path: '/profile',
    tag: 'profile',
    summary: 'The latest profile records',
    permissions: reads('profile'),
    parameters: ['count', 'ifNoneMatch'],
    answers: list(StoredProfile)
  },
  {
    method: 'get',
    path: '/profiles',
    tag: 'profile',
    summary: 'Profile records that `find` matches',
    permissions: reads('profile'),
    parameters: ['find', 'count', 'sortV1', 'ifNoneMatch'],
    answers: list(StoredProfile)
  },
  {
    method: 'get',
    path: '/profile/current',
    tag: 'profile',
    summary: 'The profile record in force',
    permissions: reads('profile'),
    answers: json(z.union([StoredProfile, z.null()]), 'The record, or null.')
  },
  {
    method: 'post',
    path: '/profile',
    tag: 'profile',
    summary: 'Stores profile records',
    permissions: writes('profile', 'create'),
    body: oneOrMany(Profile),
    answers: stored(StoredProfile)
  },
  {
    method: 'put',
    path: '/profile',
    tag: 'profile',
    summary: 'Replaces a profile record, or stores it',
    permissions: writes('profile', 'update'),
    parameters: CONDITIONS,
    body: Profile,
    answers: json(StoredProfile, 'The record as stored.'),
    problems: ['Stale']
  },
  {
    method: 'delete',
    path: '/profile/{_id}',
    tag: 'profile',
    summary: 'Deletes a profile record',
    permissions: writes('profile', 'delete'),
    parameters: ['_id'],
    answers: json(Empty, 'It is gone, or was never there.')
  },

  {
    method: 'get',
    path: '/food',
    tag: 'food',
    summary: 'All foods and quick picks',
    permissions: reads('food'),
    parameters: ['ifNoneMatch'],
    answers: list(StoredFood)
  },
  {
    method: 'get',
    path: '/food/quickpicks',
    tag: 'food',
    summary: 'The quick picks that are shown, by position',
    permissions: reads('food'),
    parameters: ['ifNoneMatch'],
    answers: list(StoredFood)
  },
  {
    method: 'get',
    path: '/food/regular',
    tag: 'food',
    summary: 'The foods without quick picks',
    permissions: reads('food'),
    parameters: ['ifNoneMatch'],
    answers: list(StoredFood)
  },
  {
    method: 'post',
    path: '/food',
    tag: 'food',
    summary: 'Stores foods',
    permissions: writes('food', 'create'),
    body: oneOrMany(Food),
    answers: stored(StoredFood)
  },
  {
    method: 'put',
    path: '/food',
    tag: 'food',
    summary: 'Replaces foods, or stores them',
    permissions: writes('food', 'update'),
    parameters: CONDITIONS,
    body: oneOrMany(Food),
    answers: stored(StoredFood),
    problems: ['Stale']
  },
  {
    method: 'delete',
    path: '/food/{_id}',
    tag: 'food',
    summary: 'Deletes a food',
    permissions: writes('food', 'delete'),
    parameters: ['_id'],
    answers: json(Empty, 'It is gone, or was never there.')
  },

  {
    method: 'get',
    path: '/activity',
    tag: 'activity',
    summary: 'Activities',
    description: 'All of the last four days unless `find` or `count` say otherwise.',
    permissions: reads('activity'),
    parameters: QUERY,
    answers: list(StoredActivity)
  },
  {
    method: 'post',
    path: '/activity',
    tag: 'activity',
    summary: 'Stores activities',
    permissions: writes('activity', 'create'),
    body: oneOrMany(Activity),
    answers: stored(StoredActivity),
    when: careportal
  },
  {
    method: 'put',
    path: '/activity',
    tag: 'activity',
    summary: 'Replaces an activity, or stores it',
    permissions: writes('activity', 'update'),
    parameters: CONDITIONS,
    body: Activity,
    answers: json(StoredActivity, 'The activity as stored.'),
    problems: ['Stale'],
    when: careportal
  },
  {
    method: 'delete',
    path: '/activity/{_id}',
    tag: 'activity',
    summary: 'Deletes an activity',
    permissions: writes('activity', 'delete'),
    parameters: ['_id'],
    answers: json(Empty, 'It is gone, or was never there.'),
    when: careportal
  },

  {
    method: 'get',
    path: '/status',
    tag: 'site',
    summary: 'State and public settings of the site',
    description:
      'In the form asked for by `Accept` or the extension: `/status.json` for apps. A page when the caller does not care.',
    permissions: ['api:status:read'],
    answers: {
      200: {
        description: 'The status.',
        content: { 'application/json': Status, 'text/html': 'text', 'text/plain': 'text', 'application/javascript': 'text' },
        headers: ['ETag']
      },
      302: { description: 'For images: where a badge can be found.', headers: ['Location'] },
      ...NOT_MODIFIED
    },
    problems: ['NotAcceptable']
  },
  {
    method: 'get',
    path: '/verifyauth',
    tag: 'access',
    summary: 'What the presented credentials are good for',
    description: 'Always 200, with wrong credentials too.',
    permissions: [],
    credentials: 'optional',
    answers: json(VerifyAuth, 'What the caller may.')
  },
  {
    method: 'get',
    path: '/adminnotifies',
    tag: 'site',
    summary: 'Notes for administrators',
    permissions: [],
    credentials: 'optional',
    answers: json(AdminNotifies, 'The notes for administrators, their number for everybody.')
  },
  {
    method: 'get',
    path: '/experiments/test',
    tag: 'access',
    summary: 'Tries credentials',
    permissions: ['authorization:debug:test'],
    answers: json(TestAnswer, 'The credentials are good.')
  },
  {
    method: 'get',
    path: '/notifications/ack',
    tag: 'alarms',
    summary: 'Silences an alarm',
    permissions: [['notifications:*:ack', 'api:treatments:create']],
    parameters: ['level', 'group', 'silence'],
    answers: text('text/plain', '`OK`, also where nothing was to be silenced.')
  },
  {
    method: 'post',
    path: '/notifications/pushovercallback',
    tag: 'alarms',
    summary: 'Receipts of Pushover',
    description: 'Called by Pushover, without credentials. No receipt is known as long as nothing is pushed.',
    permissions: [],
    answers: { 500: { description: 'The receipt is not known.', content: { 'text/plain': 'text' } } }
  }
];
