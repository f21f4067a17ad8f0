import type { Config } from '../config/config.ts';
import type { Services } from '../services.ts';
import type { PresentAlarm } from './notification.ts';

/** The alarms there are, for those who ask; in every process of a site, whichever of them works them out. */
export interface AlarmBoard {
  /** undefined: nobody has said so for a while, so nothing is known. */
  read(): { readonly at: number; readonly alarms: readonly PresentAlarm[] } | undefined;
}

/** It is told at each heartbeat; what was not told again so many of them later is no longer known. */
const BEATS = 3;

/** Listens to the bus as long as that exists. */
export function createAlarmBoard({
  bus,
  config,
  now
}: Pick<Services, 'bus' | 'now'> & { config: Pick<Config, 'heartbeatMs'> }): AlarmBoard {
  let last: ReturnType<AlarmBoard['read']>;
  let heard = 0;
  bus.subscribe('alarm-state', 'alarm board', (state) => {
    last = state;
    heard = now();
  });
  return {
    read: () => (last && Math.abs(now() - heard) <= BEATS * config.heartbeatMs ? last : undefined)
  };
}
