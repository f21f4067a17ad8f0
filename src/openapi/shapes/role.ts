import * as z from 'zod';
import { dateText, objectId } from './common.ts';

/** A role as administrators send it. */
export const Role = z
  .looseObject({
    name: z.string().min(1),
    permissions: z
      .union([z.array(z.string()), z.string()])
      .optional()
      .describe('Shiro-style: `api:entries:read`, `*:*:read`.'),
    notes: z.string().optional()
  })
  .meta({
    id: 'Role',
    description: 'Permissions under a name.',
    examples: [{ name: 'uploader', permissions: ['api:entries:create'] }]
  });

/** A role as it was stored. */
export const StoredRole = z
  .looseObject({ ...Role.shape, _id: objectId, created_at: dateText })
  .meta({ id: 'StoredRole', description: 'A stored role.' });

/** A role in the list. */
export const ListedRole = z
  .looseObject({
    ...Role.shape,
    name: z.unknown(),
    permissions: z.unknown(),
    _id: objectId.optional().describe('Absent for built-in roles.')
  })
  .meta({ id: 'ListedRole', description: 'A stored or built-in role.' });

/** Answer of `/authorization/permissions/trie`. */
export const PermissionTrie = z
  .strictObject({ data: z.record(z.string(), z.unknown()) })
  .meta({ id: 'PermissionTrie', description: 'Permissions as nested objects, one level for each part; leaves are `{"*":{}}`.' });
