import type { Timed } from '../live/live.ts';
import { recentStatuses } from './device-window.ts';
import { NONE } from './level.ts';
import { loopView } from './loop.ts';
import { isOffline } from './offline.ts';
import { OPENAPS_MINUTES, openapsView } from './openaps-moments.ts';
import type { Plugin } from './plugin.ts';
import { secondsOfDay } from './profile/values.ts';
import { batteryField, clockField, type PumpField, reservoirField, statusField } from './pump-status.ts';
import { type Fields, fieldsOf, isFields, millsOf, newest, numberOf, numberSetting } from './reading.ts';
import type { Sandbox } from './sandbox.ts';
import { UPLOADER_MINUTES, uploaderView } from './upbat.ts';

/** The pump's last word: the whole device status it came with, and under `data` what clients show of it. */
export const pump: Plugin = {
  name: 'pump',
  offers: ['pump'],
  compute(sandbox) {
    const settings = sandbox.extended('pump');
    const minutes = 2 * numberSetting(settings, 'urgentClock', 60);
    const statuses = recentStatuses(sandbox.data.devicestatus, sandbox.time, minutes).filter((status) => isFields(status.pump));
    const latest = newest(statuses, clockOf);
    if (!latest) return { pump: { data: pumpData(undefined, sandbox) } };
    return { pump: { ...asShown(latest, sandbox), clockMills: clockOf(latest), data: pumpData(latest, sandbox) } };
  }
};

function clockOf(status: Timed): number {
  return millsOf(fieldsOf(status.pump).clock) ?? status.mills;
}

/** `data` of the property; without a status the bare frame. */
function pumpData(status: Timed | undefined, sandbox: Sandbox): Fields {
  const settings = sandbox.extended('pump');
  const pump = fieldsOf(status?.pump);
  const quiet = { offline: isOffline(sandbox.data.treatments, sandbox.time), batteryQuiet: isQuietNight(sandbox, settings) };
  const clock = status ? clockField(clockOf(status), sandbox.time, settings, quiet) : null;
  const reservoir = reservoirField(pump, settings, quiet);
  const battery = batteryField(pump, settings, quiet);
  const state = statusField(pump);
  const worst = worstOf([reservoir, battery, clock]);
  return {
    level: worst?.level ?? NONE,
    clock,
    reservoir,
    reservoir_display_override: pump.reservoir_display_override || null,
    reservoir_level_override: pump.reservoir_level_override || null,
    manufacturer: pump.manufacturer,
    model: pump.model,
    extended: pump.extended ?? null,
    ...(state ? { status: state } : {}),
    ...(battery ? { battery } : {}),
    device: { label: 'Device', display: status?.device },
    title: worst?.message ?? 'Pump Status',
    ...(worst ? { message: messageOf(battery, reservoir) } : {})
  };
}

function worstOf(fields: readonly (PumpField | null | undefined)[]): PumpField | undefined {
  let worst: PumpField | undefined;
  for (const field of fields) if (field && (field.level ?? NONE) > (worst?.level ?? NONE)) worst = field;
  return worst;
}

function messageOf(battery: PumpField | undefined, reservoir: PumpField | null): string {
  const lines = [battery && `Pump Battery: ${battery.display}`, reservoir && `Pump Reservoir: ${reservoir.display}`];
  return lines.filter(Boolean).join('\n');
}

/** Should the battery let people sleep? By the clock on the wall where the profile is. */
function isQuietNight({ settings, profile, time }: Sandbox, own: Fields): boolean {
  if (!own.warnBattQuietNight) return false;
  const hours = secondsOfDay(time, profile.active(time)?.store.timezone) / 3600;
  return hours < (numberOf(settings.dayStart) ?? 7) || hours > (numberOf(settings.dayEnd) ?? 21);
}

/** The status as the answers of the reference show it: with the figures the other features add. */
function asShown(status: Timed, sandbox: Sandbox): Fields {
  const age = (sandbox.time - status.mills) / 60_000;
  const uploader = sandbox.enabled('upbat') && age <= UPLOADER_MINUTES && isFields(status.uploader);
  const openaps = sandbox.enabled('openaps') && age <= OPENAPS_MINUTES && isFields(status.openaps);
  const loop = sandbox.enabled('loop') && age <= OPENAPS_MINUTES && isFields(status.loop);
  return {
    ...status,
    ...(uploader ? { uploader: uploaderView(status, sandbox.extended('upbat')) } : {}),
    ...(openaps ? { openaps: openapsView(fieldsOf(status.openaps)) } : {}),
    ...(loop ? { loop: loopView(fieldsOf(status.loop)) } : {})
  };
}
