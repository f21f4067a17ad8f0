import type { Timed } from '../live/live.ts';
import { numberOf } from '../live/timed.ts';
import { isPlainObject } from '../storage/query.ts';

const SHOWN_MS = 30 * 60_000;
/** From this percentage on (left) the battery symbol shows so much (right). */
const LEVELS = [
  [95, 100],
  [55, 75],
  [30, 50]
] as const;

/**
 * Adds to the `uploader` of recent device statuses how its battery is shown (`value`, `display`, `level`; voltages in V), as
 * the reference's sockets do.
 * @param now epoch ms; statuses older than 30 minutes stay as they are
 */
export const withUploaderDisplay = (statuses: readonly Timed[], now: number): readonly Timed[] =>
  statuses.map((status) =>
    isPlainObject(status.uploader) && status.mills > now - SHOWN_MS ? { ...status, uploader: shown(status.uploader) } : status
  );

function shown(uploader: Record<string, unknown>): Record<string, unknown> {
  const battery = numberOf(uploader.battery);
  const raw = numberOf(uploader.batteryVoltage);
  const voltage = raw > 1000 ? raw / 1000 : raw;
  if (!(battery > 0 || voltage > 0)) return uploader;
  const text = battery > 0 ? `${uploader.battery}%` : `${voltage.toFixed(3)}v`;
  return {
    ...uploader,
    value: battery > 0 ? uploader.battery : voltage,
    ...(voltage > 0 && { voltage, voltageDisplay: `${voltage.toFixed(3)}v` }),
    display: uploader.isCharging ? `${text}⚡` : text,
    level: LEVELS.find(([from]) => battery >= from)?.[1] ?? 25
  };
}
