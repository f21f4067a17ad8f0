import * as z from 'zod';
import { json, type Route } from './route.ts';
import { Activity, StoredActivity } from './shapes/activity.ts';
import { Empty } from './shapes/common.ts';
import { DeviceStatus, StoredDeviceStatus } from './shapes/devicestatus.ts';
import { Food, StoredFood } from './shapes/food.ts';
import { Profile, StoredProfile } from './shapes/profile.ts';
import { StoredTreatment, Treatment, WrittenTreatment } from './shapes/treatment.ts';
import { CONDITIONS, careportal, deleted, list, oneOrMany, QUERY, reads, stored, writes } from './v1-parts.ts';

/** Treatments, device statuses, profiles, food and activity. */
export const RECORD_ROUTES: readonly Route[] = [
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
  }
];
