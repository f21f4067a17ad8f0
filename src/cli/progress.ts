import type { OnStep, Step } from '../aside/step.ts';
import { readableSize } from '../backup/files.ts';
import type { CliContext } from './context.ts';

/** From one line to the next, ms: in a log, and where the line is drawn anew. */
const PAUSE_MS = 3000;
const REDRAW_MS = 200;
/** Speed is told once it means something, ms. */
const SETTLE_MS = 1000;

/**
 * Writes what a long command is doing to standard error: on a terminal one line that is drawn anew, elsewhere a line every three
 * seconds. Amounts come with speed and time left.
 */
export function progressTo({ err, redraw, now }: Pick<CliContext, 'err' | 'redraw' | 'now'>): OnStep {
  const pause = redraw ? REDRAW_MS : PAUSE_MS;
  let last = Number.NEGATIVE_INFINITY;
  let verb: string | undefined;
  let began = { at: 0, done: 0 };
  return (step) => {
    const at = now();
    if (typeof step !== 'string' && step.verb !== verb) {
      verb = step.verb;
      began = { at, done: step.done };
    }
    if (at - last < pause) return;
    last = at;
    const line = `  ${typeof step === 'string' ? step : amountLine(step, at - began.at, step.done - began.done)}`;
    if (redraw) redraw(line);
    else err(line);
  };
}

/** `copied 120,000 of 480,000 documents (25 %), 12,000/s, 30 s left` */
function amountLine({ verb, done, total, unit }: Exclude<Step, string>, elapsedMs: number, since: number): string {
  const amount = (value: number) => (unit === 'bytes' ? readableSize(value) : Math.round(value).toLocaleString('en'));
  const noun = unit === 'bytes' ? '' : ` ${unit}`;
  const speed = elapsedMs >= SETTLE_MS && since > 0 ? since / (elapsedMs / 1000) : undefined;
  // what is counted may grow meanwhile
  const left = total === undefined ? undefined : Math.max(0, total - done);
  return [
    left === undefined || total === undefined
      ? `${verb} ${amount(done)}${noun}`
      : `${verb} ${amount(done)} of ${amount(done + left)}${noun} (${Math.floor((100 * done) / Math.max(1, done + left))} %)`,
    ...(speed === undefined ? [] : [`${amount(speed)}/s`]),
    ...(speed === undefined || left === undefined ? [] : [`${duration(left / speed)} left`])
  ].join(', ');
}

/** `45 s`, `12 min`, `2 h 05 min` */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
