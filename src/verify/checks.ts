import type { Check } from './check.ts';
import { AUTH_CHECKS, GUESSES } from './checks/auth.ts';
import { SOCKET_CHECKS } from './checks/sockets.ts';
import { STATUS_CHECKS } from './checks/status.ts';
import { TRANSPORT_CHECKS } from './checks/transport.ts';
import { V1_ENTRIES } from './checks/v1-entries.ts';
import { V1_RECORDS } from './checks/v1-records.ts';
import { V2_CHECKS } from './checks/v2.ts';
import { V3_CHECKS } from './checks/v3.ts';
import { WRITE_SOCKETS } from './checks/write-sockets.ts';
import { WRITE_V1 } from './checks/write-v1.ts';
import { WRITE_V3 } from './checks/write-v3.ts';
import { AAPS } from './sessions/aaps.ts';
import { LOOP } from './sessions/loop.ts';
import { LOOPFOLLOW } from './sessions/loopfollow.ts';
import { NIGHTGUARD } from './sessions/nightguard.ts';
import { checksOf } from './sessions/session.ts';
import { TRIO } from './sessions/trio.ts';
import { XDRIP } from './sessions/xdrip.ts';
import { XDRIP4IOS } from './sessions/xdrip4ios.ts';

/** Everything that only asks, in the order of the report. */
export const READING: readonly Check[] = [
  ...TRANSPORT_CHECKS,
  ...STATUS_CHECKS,
  ...AUTH_CHECKS,
  ...V1_ENTRIES,
  ...V1_RECORDS,
  ...V2_CHECKS,
  ...V3_CHECKS,
  ...SOCKET_CHECKS,
  ...[LOOP, TRIO, AAPS, XDRIP, XDRIP4IOS, LOOPFOLLOW, NIGHTGUARD].flatMap(checksOf)
];

/** What `--write` adds. */
export const WRITING: readonly Check[] = [...WRITE_V1, ...WRITE_V3, ...WRITE_SOCKETS];

/** What comes last. */
export { GUESSES };

/** The id of the last look: whether the site is as it was. */
export const CLEAN = 'write-clean';
