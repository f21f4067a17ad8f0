import * as z from 'zod';
import { json, NOT_MODIFIED, type Route, text } from './route.ts';
import { AdminStatus, BackupStarted } from './shapes/admin-status.ts';
import { Alarms } from './shapes/alarms.ts';
import { Empty } from './shapes/common.ts';
import { Problem } from './shapes/errors.ts';
import { ImportBatch, ImportVerdicts } from './shapes/import.ts';
import { RuntimeData } from './shapes/live.ts';
import { Predictions } from './shapes/predictions.ts';
import { Properties } from './shapes/properties.ts';
import { LoopCommand } from './shapes/push.ts';
import { ListedRole, PermissionTrie, Role, StoredRole } from './shapes/role.ts';
import { Grant } from './shapes/status.ts';
import { ListedSubject, StoredSubject, Subject } from './shapes/subject.ts';
import { Summary } from './shapes/summary.ts';
import { UploadsView } from './shapes/uploads.ts';
import { CheckAnswer } from './shapes/v1-answers.ts';

const READER = ['api:entries:read', 'api:treatments:read'];
const properties = { ...json(Properties, 'Figures by the name of the property.', ['ETag']), ...NOT_MODIFIED };

interface Administered {
  readonly noun: 'subjects' | 'roles';
  readonly listRight: 'read' | 'list';
  readonly input: z.ZodType;
  readonly stored: z.ZodType;
  readonly listed: z.ZodType;
}

/** What administrators do with subjects and roles; `_id` names the one that is replaced. */
const administration = ({ noun, listRight, input, stored, listed }: Administered): Route[] => {
  const path = `/authorization/${noun}`;
  const right = (verb: string): string[] => [`admin:api:${noun}:${verb}`];
  return [
    {
      method: 'get',
      path,
      tag: 'access',
      summary: `All ${noun}, by name`,
      permissions: right(listRight),
      answers: json(z.array(listed), 'The list.')
    },
    {
      method: 'post',
      path,
      tag: 'access',
      summary: `Stores one of the ${noun}`,
      permissions: right('create'),
      body: input,
      answers: json(stored, 'As it was stored.'),
      problems: ['Conflict']
    },
    {
      method: 'put',
      path,
      tag: 'access',
      summary: `Replaces one of the ${noun}, or stores it under its \`_id\``,
      description: 'Without a usable `_id` the answer is 500 `Mongo Error`, as clients know it.',
      permissions: right('update'),
      body: input,
      answers: json(stored, 'As it was stored.')
    },
    {
      method: 'delete',
      path: `${path}/{_id}`,
      tag: 'access',
      summary: `Deletes one of the ${noun}`,
      permissions: right('delete'),
      parameters: ['_id'],
      answers: json(Empty, 'It is gone, or was never there.')
    }
  ];
};

/** What v2 has beside the routes of v1, below `/api/v2`. */
export const ROUTES_V2: readonly Route[] = [
  {
    method: 'get',
    path: '/properties',
    tag: 'data',
    summary: 'What every feature says now',
    permissions: READER,
    parameters: ['pretty', 'ifNoneMatch'],
    answers: properties
  },
  {
    method: 'get',
    path: '/properties/{names}',
    tag: 'data',
    summary: 'What some features say now',
    permissions: READER,
    parameters: ['names', 'pretty', 'ifNoneMatch'],
    answers: properties
  },
  {
    method: 'get',
    path: '/ddata/at',
    tag: 'data',
    summary: 'Everything the server works with now',
    permissions: READER,
    answers: json(RuntimeData, 'The data.', ['ETag'])
  },
  {
    method: 'get',
    path: '/ddata/at/{at}',
    tag: 'data',
    summary: 'Everything the server would have worked with at a moment',
    permissions: READER,
    parameters: ['at'],
    answers: json(RuntimeData, 'The data.', ['ETag'])
  },
  {
    method: 'get',
    path: '/summary',
    tag: 'data',
    summary: 'The last hours in few bytes',
    permissions: ['api:*:read'],
    parameters: ['hours'],
    answers: json(Summary, 'The summary.')
  },
  {
    method: 'get',
    path: '/predictions',
    tag: 'data',
    summary: 'What looping devices expect, in one shape',
    description:
      'The newest prediction of each device, newest first, read from the device statuses, which stay as they were uploaded. One that starts in the future, or longer ago than `hours`, is left out; so is what cannot be read.',
    permissions: ['api:devicestatus:read'],
    parameters: ['hours', 'ifNoneMatch'],
    answers: { ...json(Predictions, 'The predictions; an empty list for none.', ['ETag']), ...NOT_MODIFIED }
  },
  {
    method: 'get',
    path: '/alarms',
    tag: 'alarms',
    summary: 'The alarms and announcements there are now',
    description:
      'Silenced ones too. The sockets tell each as it goes out; who connects later, or comes back, asks here. `GET /api/v1/notifications/ack` silences.',
    permissions: READER,
    answers: json(Alarms, 'The alarms; an empty list for none.')
  },

  {
    method: 'get',
    path: '/uploads',
    tag: 'operations',
    summary: 'Which app sent what last, and what was refused',
    description:
      'Kept in memory since this process started; what was stored before is read from the recent documents. Addresses and refusals are for administrators.',
    permissions: ['api:*:read'],
    answers: json(UploadsView, 'The apps, and the gaps in the glucose of the last 24 hours.')
  },
  {
    method: 'get',
    path: '/admin/status',
    tag: 'operations',
    summary: 'The server as its administrators should know it',
    permissions: ['*:*:admin'],
    answers: json(AdminStatus, 'Version, settings, risks, storage, backups, messages and sockets.')
  },
  {
    method: 'post',
    path: '/admin/backup',
    tag: 'operations',
    summary: 'Makes a backup now',
    description: 'Where the backups of the server itself go (BACKUP_DIR); the oldest beyond BACKUP_KEEP goes, as ever.',
    permissions: ['*:*:admin'],
    answers: { 202: { description: 'It has begun.', content: { 'application/json': BackupStarted } } },
    problems: ['TooMany']
  },

  {
    method: 'post',
    path: '/notifications/loop',
    tag: 'alarms',
    summary: 'Sends a remote command to Loop',
    description: 'Pushed through Apple to the phone of the newest profile. A failure is told as plain text with status 500.',
    permissions: ['notifications:loop:push'],
    body: LoopCommand,
    answers: {
      ...text('text/plain', '`OK`: Apple took it. Whether Loop did it shows in its treatments.'),
      500: {
        description: 'Why the command was not passed on.',
        content: { 'text/plain': 'text', 'application/json': Problem }
      }
    }
  },

  {
    method: 'post',
    path: '/import',
    tag: 'data',
    summary: 'Takes in documents of another site as they are',
    description:
      '`vigil import` hands its documents to a running server here. Unlike uploads they keep `_id`, `srvCreated` and `srvModified`; of two versions the one changed later stays, and what was deleted here later stays deleted. They raise no alarm by themselves, and those changed more than three days ago are not announced one by one on `/storage`.',
    permissions: ['*'],
    body: ImportBatch,
    answers: json(ImportVerdicts, 'What became of each document, in order.')
  },

  {
    method: 'get',
    path: '/authorization/request/{token}',
    tag: 'access',
    summary: 'Exchanges an access token for a JWT',
    permissions: [],
    parameters: ['accessToken'],
    answers: json(Grant, 'The session.'),
    problems: ['Unauthorized']
  },
  ...administration({ noun: 'subjects', listRight: 'read', input: Subject, stored: StoredSubject, listed: ListedSubject }),
  ...administration({ noun: 'roles', listRight: 'list', input: Role, stored: StoredRole, listed: ListedRole }),
  {
    method: 'get',
    path: '/authorization/permissions',
    tag: 'access',
    summary: 'Every permission the routes of v1 and v2 ask for',
    permissions: ['admin:api:permissions:read'],
    answers: json(z.array(z.string()), 'Sorted.')
  },
  {
    method: 'get',
    path: '/authorization/permissions/trie',
    tag: 'access',
    summary: 'The same permissions as a tree',
    permissions: ['admin:api:permissions:read'],
    answers: json(PermissionTrie, 'The tree.')
  },
  {
    method: 'get',
    path: '/authorization/debug/check/{permission}',
    tag: 'access',
    summary: 'Tries a permission',
    permissions: ['{permission}'],
    parameters: ['permission'],
    answers: json(CheckAnswer, 'The caller has it.')
  }
];
