import { type AlarmState, createAlarmStates } from './alarm-states.ts';
import type { AlarmRequests, NotifyRequest, PresentAlarm, SnoozeRequest } from './notification.ts';
import { allClear, LEVEL_NAMES, type Outgoing, outgoing } from './outgoing.ts';

/** Decides which requests go out, which are silent, and when all is clear (properties-plugins §E.3–E.5). Sends nothing itself. */
export interface Engine {
  /**
   * One cycle.
   * @param lastUpdated when it was worked out what is requested, epoch ms
   * @param options.isComplete false when a check failed: then the absence of an alarm does not mean that its cause is gone
   */
  process(requests: AlarmRequests, lastUpdated: number, options?: { readonly isComplete?: boolean }): Outgoing[];
  /**
   * Silences a level of a group; 2 silences 1 as well. Ignored while that level is silent already.
   * @param silenceMs 0 or nonsense: half an hour; at most a day
   * @param clear whether clients are told
   */
  ack(level: number, group: string, silenceMs: number, clear: boolean): Outgoing[];
  /** What the last cycle found, the most urgent of each group and every announcement, with the silences of now. */
  present(): PresentAlarm[];
  /** Takes in what an earlier process remembered, as {@link dump} gave it, also later than at start. */
  restore(states: readonly unknown[]): void;
  /** What has to survive a restart (D23). */
  dump(): AlarmState[];
}

type Grouped<T> = T & { readonly group: string };
const DEFAULT = 'default';
const ALARMS = [2, 1] as const;
/** Longer names are no group of ours. */
const MAX_GROUP = 100;

/** @param now the clock, epoch ms */
export function createEngine({ now, restore = [] }: { now: () => number; restore?: readonly unknown[] }): Engine {
  const states = createAlarmStates(now);
  states.restore(restore);
  let found: readonly Grouped<NotifyRequest>[] = [];

  function ack(level: number, group: string, silenceMs: number, clear: boolean): Outgoing[] {
    const name = LEVEL_NAMES.get(level);
    if (name === undefined || group.length > MAX_GROUP || !states.acknowledge(level, group, silenceMs)) return [];
    if (level === 2) states.acknowledge(1, group, silenceMs);
    return clear ? [allClear(`${group} - ${name} was ack'd`, group)] : [];
  }

  function emit(notify: Grouped<NotifyRequest>, at: number): Outgoing[] {
    if (states.isSilent(notify.level, notify.group, at)) return [];
    if (notify.level > 0) states.sent(notify.level, notify.group);
    return [outgoing(notify)];
  }

  function clearOf(group: string): Outgoing[] {
    const out = ALARMS.filter((level) => states.isOut(level, group));
    for (const level of out) states.over(level, group);
    return out.length > 0 ? [allClear("Auto ack'd alarm(s)", group)] : [];
  }

  return {
    process({ notifies: asked, snoozes: wished }, lastUpdated, { isComplete = true } = {}) {
      const notifies = asked.filter(isNotify).map((notify) => ({ ...notify, group: notify.group ?? DEFAULT }));
      const snoozes = wished.filter(isSnooze).map((snooze) => ({ ...snooze, group: snooze.group ?? DEFAULT }));
      const out: Outgoing[] = [];
      const done = new Set<NotifyRequest>();
      const before = found;
      const highests = [...new Set(notifies.map((notify) => notify.group))].map((group) => highestOf(notifies, group));
      found = [
        ...highests.filter((notify) => notify !== undefined),
        ...notifies.filter((notify) => notify.isAnnouncement && !highests.includes(notify)),
        // a check that failed may be the one that would have asked again
        ...(isComplete ? [] : before.filter(({ group }) => !notifies.some((notify) => notify.group === group)))
      ];
      for (const group of new Set([...notifies.map((notify) => notify.group), ...states.groups()])) {
        const highest = highestOf(notifies, group);
        const snooze = highest && snoozeOf(snoozes, highest);
        if (snooze) out.push(...ack(snooze.level, group, snooze.lengthMills, true));
        else if (highest) {
          out.push(...emit(highest, lastUpdated));
          done.add(highest);
        } else if (isComplete) out.push(...clearOf(group));
      }
      for (const notify of notifies)
        if ((notify.level <= 0 || notify.isAnnouncement) && !done.has(notify)) out.push(...emit(notify, lastUpdated));
      return out;
    },
    ack,
    present: () => found.map((notify) => presentOf(notify, states.silentUntil(notify.level, notify.group, now()))),
    restore: (earlier) => states.restore(earlier),
    dump: () => states.dump()
  };
}

function presentOf(
  { level, group, title, message, eventName, isAnnouncement }: Grouped<NotifyRequest>,
  silentUntil: number | undefined
): PresentAlarm {
  return {
    level,
    group,
    title,
    message,
    ...(eventName !== undefined && { eventName }),
    ...(isAnnouncement && { isAnnouncement }),
    ...(silentUntil !== undefined && { silentUntil })
  };
}

function highestOf(notifies: readonly Grouped<NotifyRequest>[], group: string): Grouped<NotifyRequest> | undefined {
  const alarms = notifies.filter((notify) => notify.group === group);
  return alarms.find(({ level }) => level === 2) ?? alarms.find(({ level }) => level === 1);
}

/** The longest snooze that reaches this alarm: of its group, and not meant for less urgent ones only (D21). */
function snoozeOf(
  snoozes: readonly Grouped<SnoozeRequest>[],
  { level, group, isAnnouncement }: Grouped<NotifyRequest>
): SnoozeRequest | undefined {
  if (isAnnouncement) return undefined;
  return snoozes
    .filter((snooze) => snooze.group === group && snooze.level >= level)
    .reduce<SnoozeRequest | undefined>((best, one) => (best && best.lengthMills >= one.lengthMills ? best : one), undefined);
}

/** Requests are worked out from documents of strangers: one without words or level is not worth an alarm. */
const isNotify = ({ level, title, message, plugin }: NotifyRequest): boolean =>
  LEVEL_NAMES.has(level) && Boolean(title && message && plugin);

const isSnooze = ({ level, title, message, lengthMills }: SnoozeRequest): boolean =>
  ALARMS.includes(level) && Boolean(title && message) && lengthMills > 0;
