import type { Timed } from '../live/live.ts';
import { recentStatuses } from './device-window.ts';
import { statusClass } from './level.ts';
import type { Plugin } from './plugin.ts';
import { type Fields, fieldsOf, isFields, newest, numberOf, numberSetting, textOf } from './reading.ts';

/** Battery of an uploader as shown: what was sent, and the figures clients print. */
export interface UploaderView {
  readonly battery?: unknown;
  /** Percent, or volts where only those are known. */
  readonly value?: number;
  readonly voltage?: number;
  readonly voltageDisplay?: string;
  readonly display?: string;
  /** 25, 50, 75 or 100: which battery picture to draw. */
  readonly level?: number;
  readonly notification?: 1 | 2;
  readonly [field: string]: unknown;
}

interface Device {
  readonly name: string;
  readonly uri: string;
  readonly statuses: readonly { uploader: UploaderView; created_at: unknown; mills: number; _id: string }[];
  readonly min: UploaderView | undefined;
}

/** Statuses of this age still count, in minutes. */
export const UPLOADER_MINUTES = 30;
const NEWEST_MS = 10 * 60_000;

/** Batteries of the phones and rigs that upload, and the lowest of them. */
export const upbat: Plugin = {
  name: 'upbat',
  offers: ['upbat'],
  compute(sandbox) {
    const settings = sandbox.extended('upbat');
    const statuses = recentStatuses(sandbox.data.devicestatus, sandbox.time, UPLOADER_MINUTES).filter((s) =>
      isFields(s.uploader)
    );
    const uris = [...new Set(statuses.map(uriOf))];
    const devices = uris.map((uri) =>
      deviceOf(
        uri,
        statuses.filter((status) => uriOf(status) === uri),
        settings
      )
    );
    const min = lowest(devices.map((device) => device.min).filter((min) => min !== undefined));
    const all = Object.fromEntries(devices.map((device) => [device.uri, device]));
    if (!min) return { upbat: { display: '?%', devices: all } };
    return { upbat: { level: min.level, display: min.display, status: statusClass(min.notification ?? 0), devices: all, min } };
  }
};

/** The uploader of a device status with the figures clients print. */
export function uploaderView(status: Timed, settings: Fields): UploaderView {
  const uploader = fieldsOf(status.uploader);
  const battery = numberOf(uploader.battery);
  const raw = numberOf(uploader.batteryVoltage);
  const voltage = raw !== undefined && raw > 1000 ? raw / 1000 : raw;
  const value = battery ?? (voltage || undefined);
  if (value === undefined) return { ...uploader };
  const charging = uploader.isCharging === true || status.isCharging === true ? '⚡' : '';
  const volts = voltage ? { voltage, voltageDisplay: `${voltage.toFixed(3)}v` } : {};
  const display = `${battery === undefined ? volts.voltageDisplay : `${battery}%`}${charging}`;
  return { ...uploader, value, ...volts, display, ...(battery === undefined ? {} : alert(battery, settings)) };
}

function alert(battery: number, settings: Fields): Pick<UploaderView, 'level' | 'notification'> {
  const level = battery >= 95 ? 100 : battery >= 55 ? 75 : battery >= 30 ? 50 : 25;
  if (battery <= numberSetting(settings, 'urgent', 20)) return { level, notification: 2 };
  return battery <= numberSetting(settings, 'warn', 30) ? { level, notification: 1 } : { level };
}

function deviceOf(uri: string, list: readonly Timed[], settings: Fields): Device {
  const statuses = list
    .map((status) => ({
      uploader: uploaderView(status, settings),
      created_at: status.created_at,
      mills: status.mills,
      _id: status._id
    }))
    .toSorted((a, b) => b.mills - a.mills);
  const latest = newest(statuses, ({ mills }) => mills)?.mills ?? 0;
  const min = lowest(statuses.filter(({ mills }) => mills >= latest - NEWEST_MS).map(({ uploader }) => uploader));
  return { name: uri.replace('openaps://', ''), uri, statuses, min };
}

/** The lowest by percent; one that only tells volts counts when there is no other. */
function lowest(uploaders: readonly UploaderView[]): UploaderView | undefined {
  const percent = (u: UploaderView): number => numberOf(u.battery) ?? (u.value === undefined ? Infinity : 1000);
  return uploaders.filter((u) => u.value !== undefined).toSorted((a, b) => percent(a) - percent(b))[0];
}

function uriOf(status: Timed): string {
  return textOf(status.device) ?? 'uploader';
}
