/** How urgent: 2 urgent, 1 warning, 0 information; below that nothing is shown. */
export type Level = -3 | -2 | -1 | 0 | 1 | 2;

/** The plugin a notification speaks for, as clients see it (only `name` matters to them). */
interface NotifyingPlugin {
  readonly name: string;
  readonly label: string;
  readonly pluginType: 'notification';
  readonly enabled: boolean;
}

/** What a check asks to be told (properties-plugins §E.2). Glucose in texts is in the site's units. */
export interface NotifyRequest {
  readonly level: Level;
  readonly title: string;
  readonly message: string;
  readonly plugin: NotifyingPlugin;
  /** Alarms are acknowledged per group; absent: `default`. */
  readonly group?: string;
  readonly eventName?: string;
  readonly pushoverSound?: string | null;
  readonly debug?: unknown;
  readonly isAnnouncement?: boolean;
  /** When what is told happened, as its app wrote it: epoch ms or a date. */
  readonly timestamp?: number | string;
  readonly notifyhash?: string;
}

/** A check's wish that alarms of a group up to `level` stay silent for a while. */
export interface SnoozeRequest {
  readonly level: 1 | 2;
  readonly title: string;
  readonly message: string;
  readonly lengthMills: number;
  readonly group?: string;
}

/** All that one recomputation asks for, in the order of the checks. */
export interface AlarmRequests {
  readonly notifies: readonly NotifyRequest[];
  readonly snoozes: readonly SnoozeRequest[];
}

/** The all-clear: an alarm was acknowledged, or its cause is gone. */
export interface ClearMessage {
  readonly clear: true;
  readonly title: string;
  readonly message: string;
  readonly group?: string;
}

/** Names of the events clients listen for, on `/alarm` and on the root namespace. */
export type AlarmEvent = 'alarm' | 'urgent_alarm' | 'announcement' | 'notification' | 'clear_alarm';

/** What goes out to sockets and push services: a request with its group and key, or an all-clear. */
export type AlarmMessage = (NotifyRequest & { readonly group: string; readonly key: string }) | ClearMessage;

/** One alarm or announcement whose cause lasts, whether it sounds or is silenced. */
export interface PresentAlarm {
  /** 2 urgent, 1 warning; 0 an announcement. */
  readonly level: Level;
  readonly group: string;
  readonly title: string;
  /** Lines of text; glucose in the site's units. */
  readonly message: string;
  readonly eventName?: string;
  readonly isAnnouncement?: boolean;
  /** Somebody silenced it until then, epoch ms; absent: it sounds. */
  readonly silentUntil?: number;
}
