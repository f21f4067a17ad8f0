import { formatAgo } from './ago.ts';
import { type Level, levelAbove, levelBelow, NONE, URGENT, WARN } from './level.ts';
import { type Fields, fieldsOf, isFields, isoOf, numberOf, numberSetting, textOf } from './reading.ts';

/** One thing a pump tells, with how worrying it is. */
export interface PumpField {
  readonly value?: unknown;
  readonly unit?: 'percent' | 'volts';
  readonly label: string;
  readonly display?: unknown;
  readonly level?: number;
  readonly message?: string;
}

/** When levels count: not while the loop is paused; the battery also not by night, if wished. */
export interface PumpQuiet {
  readonly offline: boolean;
  readonly batteryQuiet: boolean;
}

const MINUTE = 60_000;

/** When the pump's clock was last heard of. */
export function clockField(clockMills: number, time: number, settings: Fields, quiet: PumpQuiet): PumpField {
  const age = time - clockMills;
  const level = levelAbove(
    age,
    numberSetting(settings, 'warnClock', 30) * MINUTE,
    numberSetting(settings, 'urgentClock', 60) * MINUTE
  );
  const field = { value: isoOf(clockMills), label: 'Last Clock', display: formatAgo(clockMills, time) };
  return { ...field, ...alert(quiet.offline ? NONE : level, 'Pump data stale') };
}

/** Insulin left in the reservoir, U. Omnipods tell nothing above 50 U. */
export function reservoirField(pump: Fields, settings: Fields, quiet: PumpQuiet): PumpField | null {
  const units = numberOf(pump.reservoir);
  const override = textOf(pump.reservoir_display_override) ?? numberOf(pump.reservoir_display_override);
  const levelOverride = numberOf(pump.reservoir_level_override) || undefined;
  if (units === undefined) {
    const display = override ?? (pump.manufacturer === 'Insulet' ? '50+ U' : undefined);
    return display === undefined
      ? null
      : { label: 'Reservoir', display, ...(levelOverride === undefined ? {} : { level: levelOverride }) };
  }
  const level = levelBelow(units, numberSetting(settings, 'warnRes', 10), numberSetting(settings, 'urgentRes', 5));
  const field = { value: units, label: 'Reservoir', display: override ?? `${threeDigits(units)}U` };
  const judged = { ...field, ...alert(quiet.offline ? NONE : level, 'Pump Reservoir Low') };
  return levelOverride === undefined ? judged : { ...judged, level: levelOverride };
}

/** The pump's battery: percent if it tells them, else volts. */
export function batteryField(pump: Fields, settings: Fields, quiet: PumpQuiet): PumpField | undefined {
  const battery = fieldsOf(pump.battery);
  const percent = numberOf(battery.percent);
  const volts = numberOf(battery.voltage);
  const value = percent ?? volts;
  if (value === undefined) return undefined;
  const [warn, urgent] =
    percent === undefined
      ? [numberSetting(settings, 'warnBattV', 1.35), numberSetting(settings, 'urgentBattV', 1.3)]
      : [numberSetting(settings, 'warnBattP', 30), numberSetting(settings, 'urgentBattP', 20)];
  const level = quiet.offline || quiet.batteryQuiet ? NONE : levelBelow(value, warn, urgent);
  const unit = percent === undefined ? ('volts' as const) : ('percent' as const);
  return {
    value,
    unit,
    label: 'Battery',
    display: `${value}${unit === 'percent' ? '%' : 'v'}`,
    ...alert(level, 'Pump Battery Low')
  };
}

/** What the pump is doing. */
export function statusField(pump: Fields): PumpField | undefined {
  if (!isFields(pump.status)) return undefined;
  const { bolusing, suspended, status } = pump.status;
  const value = bolusing ? 'bolusing' : suspended ? 'suspended' : (textOf(status) ?? 'normal');
  return { value, display: value, label: 'Status' };
}

function alert(level: Level, text: string): { level: Level; message?: string } {
  if (level === URGENT) return { level, message: `URGENT: ${text}` };
  return level === WARN ? { level, message: `Warning, ${text}` } : { level };
}

function threeDigits(units: number): string {
  return Math.abs(units) >= 1000 ? String(Math.round(units)) : units.toPrecision(3);
}
