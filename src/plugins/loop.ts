import type { Timed } from '../live/live.ts';
import { recentStatuses } from './device-window.ts';
import { instantOf, OPENAPS_MINUTES, withMoment } from './openaps-moments.ts';
import type { Plugin } from './plugin.ts';
import { type Fields, fieldsOf, isFields, millsOf, numberSetting } from './reading.ts';

interface LoopDisplay {
  readonly symbol: string;
  readonly code: string;
  readonly label: string;
}

/** What Loop decided last, its running override, and whether it still loops. */
export const loop: Plugin = {
  name: 'loop',
  offers: ['loop'],
  compute({ data, time, extended }) {
    const recent = time - (numberSetting(extended('loop'), 'warn', 30) * 60_000) / 2;
    const statuses = recentStatuses(data.devicestatus, time, OPENAPS_MINUTES).filter(
      (s) => instantOf(fieldsOf(s.loop)) !== undefined
    );
    const loops = statuses.map((status) => loopView(fieldsOf(status.loop)));
    const lastLoop = newestOf(loops);
    const lastEnacted = newestOf(loops.map((view) => view.enacted));
    const override = lastOverride(statuses);
    return {
      loop: {
        lastLoop: lastLoop ?? null,
        lastEnacted: lastEnacted ?? null,
        lastPredicted: loops.findLast((view) => fieldsOf(view.predicted).startDate)?.predicted ?? null,
        ...(override ? { lastOverride: override } : {}),
        lastOkMoment: newestOf(loops.filter((view) => !view.failureReason))?.moment ?? null,
        display: displayOf(lastLoop, lastEnacted, recent)
      }
    };
  }
};

/** The `loop` part of a device status as the answers show it: with the instants as `moment`. */
export function loopView(part: Fields): Fields {
  return { ...withMoment(part), ...(isFields(part.enacted) ? { enacted: withMoment(part.enacted) } : {}) };
}

/** The newest override, with its `multiplier` and `currentCorrectionRange`; a client decides whether it is still active. */
function lastOverride(statuses: readonly Timed[]): Fields | undefined {
  return newestOf(statuses.map((status) => (isFields(status.override) ? withMoment(status.override) : undefined)));
}

function newestOf(parts: readonly unknown[]): Fields | undefined {
  let found: Fields | undefined;
  for (const part of parts) {
    if (isFields(part) && (instantOf(part) ?? -Infinity) > (instantOf(found) ?? -Infinity)) found = part;
  }
  return found;
}

function displayOf(lastLoop: Fields | undefined, lastEnacted: Fields | undefined, recent: number): LoopDisplay {
  const isRecent = (part: unknown): boolean => (millsOf(fieldsOf(part).timestamp) ?? -Infinity) > recent;
  if (lastLoop) {
    const enacted = fieldsOf(lastLoop.enacted);
    if (lastLoop.failureReason || (isFields(lastLoop.enacted) && !enacted.received))
      return { symbol: 'x', code: 'error', label: 'Error' };
    if (isRecent(lastEnacted) && isRecent(lastLoop)) return { symbol: '⌁', code: 'enacted', label: 'Enacted' };
    // The label is misspelled in the reference; clients may compare it.
    if (isRecent(lastLoop.recommendedTempBasal)) return { symbol: '⏀', code: 'recommendation', label: 'Recomendation' };
    if (isRecent(lastLoop)) return { symbol: '↻', code: 'looping', label: 'Looping' };
  }
  return { symbol: '⚠', code: 'warning', label: 'Warning' };
}
