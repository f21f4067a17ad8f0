import type { z } from 'zod';
import type { Config } from '../config/config.ts';
import { ALARM_NAMESPACE } from './sockets-alarm.ts';
import { rootNamespace } from './sockets-root.ts';
import { STORAGE_NAMESPACE } from './sockets-storage.ts';

/** One event of a namespace. */
export interface SocketEvent {
  readonly name: string;
  readonly from: 'client' | 'server';
  readonly summary: string;
  readonly description?: string;
  /** Absent: the event carries nothing. */
  readonly payload?: z.ZodType;
  readonly example?: unknown;
  /** What the acknowledgement carries, where there is one. */
  readonly answer?: z.ZodType;
  readonly answerExample?: unknown;
}

/** One namespace, as it is written down. */
export interface SocketNamespace {
  readonly key: string;
  readonly address: string;
  readonly title: string;
  /** Whom it suits. */
  readonly summary: string;
  readonly authorisation: string;
  readonly limitations: readonly string[];
  readonly events: readonly SocketEvent[];
}

/** Every namespace there is, with the limits of the site. */
export const socketNamespaces = (config: Pick<Config, 'socketWrites' | 'devicestatusHours'>): readonly SocketNamespace[] => [
  rootNamespace(config),
  STORAGE_NAMESPACE,
  ALARM_NAMESPACE
];
