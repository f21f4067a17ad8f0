import type { Timed } from '../live/live.ts';
import { recentStatuses } from './device-window.ts';
import { INFO, type Level, NONE, WARN } from './level.ts';
import type { Plugin } from './plugin.ts';
import { type Fields, fieldsOf, isFields, isoOf, millsOf, numberOf, numberSetting, textOf } from './reading.ts';

const DAY_MINUTES = 24 * 60;
const OK_STATE = 6;
const CALIBRATION_STATE = 7;

/** Property name → field of the upload; copied as they are. */
const COPIED: Readonly<Record<string, string>> = {
  lastState: 'state',
  lastStateString: 'stateString',
  lastStateStringShort: 'stateStringShort',
  lastSessionStart: 'sessionStart',
  lastTxId: 'txId',
  lastTxStatus: 'txStatus',
  lastTxStatusString: 'txStatusString',
  lastTxStatusStringShort: 'txStatusStringShort',
  lastTxActivation: 'txActivation',
  lastMode: 'mode',
  lastRssi: 'rssi',
  lastUnfiltered: 'unfiltered',
  lastFiltered: 'filtered',
  lastNoise: 'noise',
  lastNoiseString: 'noiseString',
  lastCalType: 'calType',
  lastCalibrationDate: 'lastCalibrationDate',
  lastBatteryTimestamp: 'batteryTimestamp',
  lastVoltageA: 'voltagea',
  lastVoltageB: 'voltageb',
  lastTemperature: 'temperature',
  lastResistance: 'resistance'
};

/** State of a Dexcom transmitter as xDrip-js and Lookout read it. */
export const xdripjs: Plugin = {
  name: 'xdripjs',
  offers: ['sensorState'],
  compute({ data, time, extended }) {
    const statuses = recentStatuses(data.devicestatus, time, DAY_MINUTES).filter((status) => isFields(status.xdripjs));
    const sorted = statuses.toSorted((a, b) => instant(a) - instant(b));
    const latest = sorted.at(-1);
    const part = fieldsOf(latest?.xdripjs);
    const copied = Object.fromEntries(Object.entries(COPIED).map(([name, field]) => [name, part[field] ?? null]));
    return {
      sensorState: {
        seenDevices: Object.fromEntries(
          sorted.map((status) => [uriOf(status), { name: nameOf(uriOf(status)), uri: uriOf(status) }])
        ),
        latest: latest ?? null,
        lastDevice: null,
        ...copied,
        lastStateTime: latest ? isoOf(instant(latest)) : null,
        lastSlope: twoDecimals(part.slope),
        lastIntercept: twoDecimals(part.intercept),
        ...alertOf(part, extended('xdripjs'))
      }
    };
  }
};

function instant(status: Timed): number {
  return millsOf(fieldsOf(status.xdripjs).timestamp) ?? status.mills;
}

/** One thing about a transmitter that somebody should know. */
export interface TransmitterAlert {
  readonly level: 0 | 1;
  readonly title: string;
  readonly message: string;
}

/** The first thing to tell. When to repeat it is the alarms' affair. */
function alertOf(part: Fields, settings: Fields): { level: Level; notification?: Fields } {
  const alert = stateAlert(part) ?? batteryAlert(part, settings);
  if (!alert) return { level: NONE };
  const { level, title, message } = alert;
  const notification = { title, message, pushoverSound: 'incoming', level, group: 'xDrip-js' };
  return { level, ...(settings.enableAlerts ? { notification } : {}) };
}

/**
 * A transmitter that is not OK.
 * @param part the `xdripjs` part of a device status
 */
export function stateAlert(part: Fields): TransmitterAlert | undefined {
  const state = numberOf(part.state);
  if (state === undefined || state === OK_STATE) return undefined;
  const text = `CGM Transmitter state: ${textOf(part.stateString) ?? state}`;
  return { level: state === CALIBRATION_STATE ? INFO : WARN, title: text, message: text };
}

/**
 * A transmitter whose battery runs low, voltages in 1/100 V.
 * @param part the `xdripjs` part of a device status
 */
export function batteryAlert(part: Fields, settings: Fields): TransmitterAlert | undefined {
  const limit = numberSetting(settings, 'warnBatV', 300);
  for (const [name, volts, floor] of [
    ['A', numberOf(part.voltagea), limit],
    ['B', numberOf(part.voltageb), limit - 10]
  ] as const) {
    if (volts !== undefined && volts < floor) {
      const message = `CGM Transmitter Battery ${name} Low Voltage: ${volts}`;
      return { level: WARN, title: 'CGM Transmitter Battery Low', message };
    }
  }
  return undefined;
}

function twoDecimals(value: unknown): number | null {
  const number = numberOf(value);
  return number === undefined ? null : Math.round(number * 100) / 100;
}

function uriOf(status: Timed): string {
  return textOf(status.device) ?? 'device';
}

function nameOf(uri: string): string {
  return uri.replace(/^.*?:\/\//, '').split('/')[0] ?? uri;
}
