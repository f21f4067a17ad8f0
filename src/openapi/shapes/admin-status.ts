import * as z from 'zod';
import { mills } from './common.ts';

const bytes = z.number().describe('Bytes.');
const counters = z.record(z.string(), z.number());

/** Answer of `/admin/status`. */
export const AdminStatus = z
  .strictObject({
    now: mills,
    server: z.strictObject({
      name: z.string(),
      version: z.string(),
      speaksAs: z.string().describe('The version of Nightscout apps are told.'),
      node: z.string(),
      startedAt: mills,
      uptimeMs: z.number(),
      memory: bytes,
      state: z.enum(['booting', 'loaded'])
    }),
    storage: z.strictObject({
      kind: z.enum(['sqlite', 'mongodb']),
      version: z.string().optional(),
      reachable: z.boolean(),
      dataSize: bytes.optional(),
      indexSize: bytes.optional(),
      documents: counters.optional().describe('By collection.'),
      disk: z.strictObject({ free: bytes, total: bytes }).optional().describe('The disk with DATA_DIR.'),
      archive: z.strictObject({ documents: z.number(), blocks: z.number(), bytes }).optional(),
      journal: z
        .strictObject({ away: z.boolean(), ready: z.boolean(), waiting: z.number(), bytes, maxBytes: bytes })
        .optional()
        .describe('Uploads kept while MongoDB is away.')
    }),
    backups: z
      .strictObject({
        everyMs: z.number().optional(),
        running: z.boolean(),
        last: z.strictObject({ file: z.string(), at: mills, bytes }).optional(),
        lastDurationMs: z.number().optional(),
        kept: z.number(),
        failure: z.strictObject({ at: mills, reason: z.string() }).optional(),
        nextAt: mills.optional()
      })
      .optional(),
    deliveries: z.record(z.string(), counters).describe('Messages that left, by push service.'),
    sockets: z.record(z.string(), counters).describe('Connected now: by namespace, then transport.'),
    cluster: z.looseObject({}).optional().describe('Only with REDIS_URL.'),
    settings: z.array(
      z.strictObject({
        name: z.string(),
        about: z.string(),
        secret: z.boolean().describe('Its value is never shown.'),
        given: z.boolean().describe('Whether the environment sets it.'),
        value: z.string().optional(),
        default: z.string()
      })
    ),
    warnings: z.array(z.string()).describe('Settings that are not understood.'),
    risks: z
      .array(z.strictObject({ id: z.string(), severity: z.enum(['high', 'medium', 'low']), risk: z.string(), fix: z.string() }))
      .optional()
      .describe('As `vigil audit` finds them; absent: subjects and roles could not be read.')
  })
  .meta({ id: 'AdminStatus', description: 'What an administrator should know of the server. Holds no secret.' });

/** Answer of `POST /admin/backup`. */
export const BackupStarted = z
  .strictObject({ started: z.literal(true) })
  .meta({ id: 'BackupStarted', description: 'It goes on by itself; `/admin/status` tells how it went.' });
