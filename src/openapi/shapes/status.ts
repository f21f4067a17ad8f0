import * as z from 'zod';
import { mgdl, mills } from './common.ts';

/** Name and version of this program. */
export const Server = z
  .strictObject({ name: z.string(), version: z.string() })
  .meta({ id: 'Server', description: 'This program; `name` and `version` beside it are what clients compare.' });

/** Answer of `/authorization/request`, and `authorized` of the status. */
export const Grant = z
  .strictObject({
    token: z.string().describe('JWT, to be sent as `Authorization: Bearer …`.'),
    sub: z.string().describe('Name of the subject.'),
    permissionGroups: z
      .array(z.array(z.string()))
      .describe("Permissions of each of the subject's roles, then of the default ones."),
    iat: z.int().describe('Issued at, epoch seconds.'),
    exp: z.int().describe('Expires at, epoch seconds.')
  })
  .meta({ id: 'Grant', description: 'A session for an access token.' });

/** Settings everybody who may read the status sees. */
const PublicSettings = z
  .looseObject({
    units: z.enum(['mg/dl', 'mmol']),
    enable: z.array(z.string()).describe('Names of the features that are on.'),
    thresholds: z
      .looseObject({ bgHigh: mgdl, bgTargetTop: mgdl, bgTargetBottom: mgdl, bgLow: mgdl })
      .describe('Always mg/dl, whatever `units` says.')
  })
  .meta({ id: 'PublicSettings', description: 'Units, thresholds, alarms, features and display settings; secrets are left out.' });

/** Answer of `/status.json`. */
export const Status = z
  .looseObject({
    status: z.literal('ok'),
    name: z.string(),
    version: z.string(),
    serverTime: z.iso.datetime(),
    serverTimeEpoch: mills,
    apiEnabled: z.boolean(),
    careportalEnabled: z.boolean(),
    boluscalcEnabled: z.boolean(),
    settings: PublicSettings,
    extendedSettings: z.record(z.string(), z.unknown()).describe('Settings of single features.'),
    authorized: z.union([Grant, z.null()]).describe('Session of the subject named by query `token` or `secret`.'),
    runtimeState: z.enum(['booting', 'booted', 'loaded']).optional(),
    server: Server.optional()
  })
  .meta({ id: 'Status', description: 'State and public settings of the site.' });

/** Answer of `/verifyauth`. */
export const VerifyAuth = z
  .strictObject({
    status: z.literal(200),
    message: z.strictObject({
      canRead: z.boolean(),
      canWrite: z.boolean(),
      isAdmin: z.boolean(),
      message: z.enum(['OK', 'UNAUTHORIZED']),
      rolefound: z.enum(['FOUND', 'NOTFOUND']),
      permissions: z.enum(['DEFAULT', 'ROLE'])
    })
  })
  .meta({ id: 'VerifyAuth', description: 'What the presented credentials are good for.' });

/** Answer of `/adminnotifies`. */
export const AdminNotifies = z
  .strictObject({
    status: z.literal(200),
    message: z.strictObject({
      notifies: z
        .array(
          z.strictObject({
            title: z.string(),
            message: z.string(),
            count: z.int(),
            lastRecorded: mills,
            persistent: z.boolean().optional()
          })
        )
        .describe('For administrators only; empty for others.'),
      notifyCount: z.int()
    })
  })
  .meta({ id: 'AdminNotifies', description: 'Notes for administrators.' });

/** Answer of `/api/versions`. */
export const Versions = z
  .array(z.strictObject({ version: z.string(), url: z.string() }))
  .meta({ id: 'Versions', description: 'The APIs of this server.' });
