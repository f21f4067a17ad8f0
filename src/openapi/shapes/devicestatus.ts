import * as z from 'zod';
import { dateText, mills, offset, storedFields, v3Fields, v3WriteFields } from './common.ts';

const anyObject = z.record(z.string(), z.unknown()).nullish();

const fields = {
  device: z.string().nullish(),
  created_at: dateText.nullish(),
  mills: mills.nullish(),
  utcOffset: offset,
  uploader: z
    .looseObject({ battery: z.union([z.number(), z.string()]).nullish(), batteryVoltage: z.number().nullish() })
    .nullish()
    .describe('The phone: `battery` in percent.'),
  uploaderBattery: z.union([z.number(), z.string()]).nullish().describe('Percent, of older apps.'),
  isCharging: z.boolean().nullish(),
  pump: anyObject.describe('Clock, reservoir (U), battery, status, extended.'),
  loop: anyObject.describe('State of Loop: iob, cob, predicted, enacted, failureReason.'),
  openaps: anyObject.describe('State of an OpenAPS-like loop: iob, suggested, enacted.'),
  override: anyObject.describe("Loop's override."),
  radioAdapter: anyObject,
  xdripjs: anyObject,
  identifier: z.string().nullish()
};

/** A device status as apps upload it. */
export const DeviceStatus = z.looseObject(fields).meta({
  id: 'DeviceStatus',
  description: 'State of a phone, pump or loop at one moment. Other fields are kept as sent; long prediction curves are cut.',
  examples: [{ device: 'loop://iPhone', created_at: '2026-11-22T06:50:17.388Z', uploader: { battery: 71 } }]
});

/** A device status as v1 and v2 answer it. */
export const StoredDeviceStatus = z
  .looseObject({ ...storedFields, ...fields })
  .meta({ id: 'StoredDeviceStatus', description: 'A stored device status.' });

/** A device status as v3 takes it. */
export const V3DeviceStatusInput = z
  .looseObject({ ...fields, ...v3WriteFields })
  .meta({ id: 'V3DeviceStatusInput', description: 'A device status to be written through v3.' });

/** A device status as v3 shows it. */
export const V3DeviceStatus = z
  .looseObject({ ...fields, ...v3Fields })
  .meta({ id: 'V3DeviceStatus', description: 'A device status as v3 shows it.' });
