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

/** A transmitter that is not OK, then one whose battery runs low. When to repeat it is the alarms' affair. */
function alertOf(part: Fields, settings: Fields): { level: Level; notification?: Fields } {
  const state = numberOf(part.state);
  const notify = (level: Level, title: string, message: string) => {
    const notification = { title, message, pushoverSound: 'incoming', level, group: 'xDrip-js' };
    return { level, ...(settings.enableAlerts ? { notification } : {}) };
  };
  if (state !== undefined && state !== OK_STATE) {
    const text = `CGM Transmitter state: ${textOf(part.stateString) ?? state}`;
    return notify(state === CALIBRATION_STATE ? INFO : WARN, text, text);
  }
  const limit = numberSetting(settings, 'warnBatV', 300);
  for (const [name, volts, floor] of [
    ['A', numberOf(part.voltagea), limit],
    ['B', numberOf(part.voltageb), limit - 10]
  ] as const) {
    if (volts !== undefined && volts < floor) {
      return notify(WARN, 'CGM Transmitter Battery Low', `CGM Transmitter Battery ${name} Low Voltage: ${volts}`);
    }
  }
  return { level: NONE };
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
