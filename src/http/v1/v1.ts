import type { Request } from 'express';
import type { AdminNotifies } from '../../alarms/admin-notifies.ts';
import type { Door } from '../../bus/events.ts';
import type { Current } from '../../plugins/current.ts';
import type { Services } from '../../services.ts';
import type { Filter } from '../../storage/query.ts';
import type { PageCache } from '../page-cache.ts';
import type { Answer } from './answers.ts';
import { parseFind } from './find.ts';
import { FIND_RULES, type Findable } from './find-rules.ts';
import type { Params } from './query-params.ts';

/** What the handlers of one mount of v1 share; `/api/v2` carries the same routes under a door of its own. */
export interface V1 extends Services {
  readonly door: Extract<Door, 'v1' | 'v2'>;
  readonly adminNotifies: AdminNotifies;
  /** What the plugins say now. */
  readonly current: () => Current;
  /** List answers of the last moment. */
  readonly answers: PageCache<Answer>;
}

/** The query of a request, as {@link parseParams} reads it. */
export const paramsOf = (req: Request): Params => req.query;

/** The filter a request asks for, with its collection's rules. @throws Refusal `bad-query` */
export function filterOf(v1: V1, collection: Findable, find: unknown, purpose: 'read' | 'delete' = 'read'): Filter {
  return parseFind(find, FIND_RULES[collection], { now: v1.now(), uuidHandling: v1.config.uuidHandling, purpose });
}
