import type { Sandbox } from '../../../plugins/sandbox.ts';
import { sayPump, sayPumpBattery, sayReservoir, sayUploader } from './devices.ts';
import { sayDelta, sayForecast, sayGlucose } from './glucose.ts';
import { sayLoop } from './looping.ts';
import { sayCob, sayIob } from './on-board.ts';

/** Something a voice can be asked for. */
export interface Metric {
  readonly title: string;
  /** What it may be called; spaces, dots and capitals do not count. */
  readonly names: readonly string[];
  /** A sentence; undefined when nothing current is known. */
  readonly say: (sandbox: Sandbox) => string | undefined;
}

/** Everything a voice can be asked for. */
const METRICS: readonly Metric[] = [
  {
    title: 'Glucose',
    names: ['bg', 'bgnow', 'glucose', 'blood glucose', 'blood sugar', 'sugar', 'number', 'sgv', 'direction', 'trend'],
    say: sayGlucose
  },
  { title: 'Change of glucose', names: ['delta', 'change', 'bg delta', 'glucose delta'], say: sayDelta },
  { title: 'Forecast', names: ['forecast', 'ar2', 'ar2 forecast', 'prediction'], say: sayForecast },
  { title: 'Insulin on board', names: ['iob', 'insulin on board', 'insulin', 'active insulin'], say: sayIob },
  { title: 'Carbs on board', names: ['cob', 'carbs on board', 'carbohydrates on board', 'carbs', 'active carbs'], say: sayCob },
  {
    title: 'Uploader battery',
    names: ['uploader battery', 'upbat', 'uploader', 'uploader battery remaining', 'phone battery', 'battery'],
    say: sayUploader
  },
  { title: 'Pump', names: ['pump', 'pump status'], say: sayPump },
  { title: 'Pump reservoir', names: ['pump reservoir', 'reservoir', 'insulin remaining', 'insulin left'], say: sayReservoir },
  { title: 'Pump battery', names: ['pump battery', 'pump battery remaining'], say: sayPumpBattery },
  { title: 'Loop', names: ['loop', 'last loop', 'loop status', 'openaps', 'looping'], say: sayLoop }
];

const keyOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^((my|the|current)\s+)+/, '')
    .replace(/[^\p{L}\p{N}]+/gu, '');

const BY_NAME = new Map(METRICS.flatMap((metric) => metric.names.map((name) => [keyOf(name), metric] as const)));

/** The first of several spellings that means something; assistants send what was heard beside what they took it for. */
export function metricOf(spellings: readonly unknown[]): Metric | undefined {
  return spellings.map((name) => (typeof name === 'string' ? BY_NAME.get(keyOf(name)) : undefined)).find(Boolean);
}

/** What belongs into a short report. */
export const REPORT: readonly Metric['say'][] = [sayGlucose, sayDelta, sayIob, sayCob, sayLoop];
