import { silenceOf } from './silence.ts';

/** What is remembered of the alarms of one level and group. */
export interface AlarmState {
  readonly level: number;
  readonly group: string;
  /** When it was acknowledged last, epoch ms; 0: never. */
  readonly ackedAt: number;
  /** For how long it is silent from then on, ms. */
  readonly silenceMs: number;
  /** It was sent out and neither acknowledged nor cleared since. */
  readonly isOut: boolean;
}

/** Who is told what has been silenced (properties-plugins §E.3), per level and group. */
export interface AlarmStates {
  /** True while nothing of this level and group may go out. @param at epoch ms */
  isSilent(level: number, group: string, at: number): boolean;
  /** When the silence of this level and group ends, epoch ms; undefined: there is none. @param at epoch ms */
  silentUntil(level: number, group: string, at: number): number | undefined;
  /** Begins a silence. @returns false, and changes nothing, while an earlier one lasts */
  acknowledge(level: number, group: string, silenceMs: number): boolean;
  /** Remembers that an alarm went out. */
  sent(level: number, group: string): void;
  /** Remembers that it is over; a silence that lasts goes on. */
  over(level: number, group: string): void;
  isOut(level: number, group: string): boolean;
  groups(): string[];
  /** Takes in what an earlier process remembered; what this one knows already wins. Anything malformed is left out. */
  restore(states: readonly unknown[]): void;
  /** All that still matters, to be remembered. */
  dump(): AlarmState[];
}

/** Real groups are about twenty; the others are inventions of those who may acknowledge. */
const MOST = 300;
/** A silence that began later than this after now, ms, began under a wrong clock, and nobody asked for it to last until then. */
const SLACK = 60_000;

/** @param now the clock, epoch ms */
export function createAlarmStates(now: () => number): AlarmStates {
  const states = new Map<string, AlarmState>();
  const keyOf = (level: number, group: string): string => `${level} ${group}`;

  const lasts = ({ ackedAt, silenceMs }: AlarmState, at: number): boolean => ackedAt <= at + SLACK && at < ackedAt + silenceMs;

  function set(state: AlarmState): void {
    states.set(keyOf(state.level, state.group), state);
    if (states.size <= MOST) return;
    prune();
    for (const [key, { isOut }] of states) {
      if (states.size <= MOST) return;
      if (!isOut) states.delete(key);
    }
  }

  /** Forgets what is over: an alarm nobody ever spoke of is treated the same. */
  function prune(): void {
    for (const [key, state] of states) if (!state.isOut && !lasts(state, now())) states.delete(key);
  }

  function acknowledge(level: number, group: string, silenceMs: number): boolean {
    const known = states.get(keyOf(level, group));
    const at = now();
    if (known && lasts(known, at)) return false;
    set({ level, group, ackedAt: at, silenceMs: silenceOf(silenceMs), isOut: false });
    return true;
  }

  return {
    isSilent(level, group, at) {
      const state = states.get(keyOf(level, group));
      // in the very millisecond in which a silence ends it is still silent
      return state !== undefined && (lasts(state, at) || at === state.ackedAt + state.silenceMs);
    },
    silentUntil(level, group, at) {
      const state = states.get(keyOf(level, group));
      return state && lasts(state, at) ? state.ackedAt + state.silenceMs : undefined;
    },
    acknowledge,
    sent: (level, group) => set({ level, group, ackedAt: 0, silenceMs: 0, isOut: true }),
    over(level, group) {
      const known = states.get(keyOf(level, group));
      if (known && !acknowledge(level, group, 1)) set({ ...known, isOut: false });
    },
    isOut: (level, group) => states.get(keyOf(level, group))?.isOut ?? false,
    groups: () => [...new Set([...states.values()].map(({ group }) => group))],
    restore(found) {
      for (const state of found.filter(isState)) {
        const known = states.get(keyOf(state.level, state.group));
        if (!known || known.ackedAt === 0)
          set({
            ...state,
            silenceMs: state.silenceMs > 0 ? silenceOf(state.silenceMs) : 0,
            isOut: state.isOut || known?.isOut === true
          });
      }
    },
    dump() {
      prune();
      return [...states.values()];
    }
  };
}

function isState(value: unknown): value is AlarmState {
  const { level, group, ackedAt, silenceMs, isOut } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof level === 'number' &&
    typeof group === 'string' &&
    Number.isFinite(ackedAt) &&
    Number.isFinite(silenceMs) &&
    typeof isOut === 'boolean'
  );
}
