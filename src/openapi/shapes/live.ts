import * as z from 'zod';
import { mgdl, mills, numberOrText, objectId } from './common.ts';

/** A reading as live data shows it. */
export const LiveSgv = z
  .looseObject({
    _id: objectId.optional(),
    mgdl,
    mills,
    device: z.string().nullish(),
    direction: z.string().nullish(),
    filtered: numberOrText.optional(),
    unfiltered: numberOrText.optional(),
    noise: numberOrText.optional(),
    rssi: numberOrText.optional(),
    type: z.literal('sgv').optional()
  })
  .meta({ id: 'LiveSgv', description: 'A sensor reading, always mg/dl.' });

/** A meter value as live data shows it. */
export const LiveMbg = z
  .looseObject({ _id: objectId.optional(), mgdl, mills, device: z.string().nullish(), type: z.literal('mbg').optional() })
  .meta({ id: 'LiveMbg', description: 'A meter value, always mg/dl.' });

/** A calibration as live data shows it. */
export const LiveCal = z
  .looseObject({
    _id: objectId.optional(),
    mills,
    scale: numberOrText.optional(),
    intercept: numberOrText.optional(),
    slope: numberOrText.optional(),
    type: z.literal('cal').optional()
  })
  .meta({ id: 'LiveCal', description: 'A calibration.' });

/** Any document with its time worked out. */
export const Timed = z
  .looseObject({ _id: objectId.optional(), mills, endmills: mills.optional() })
  .meta({ id: 'Timed', description: 'A treatment or device status with `mills`, and `endmills` where it has a duration.' });

/** Any document. */
export const AnyDocument = z
  .looseObject({})
  .meta({ id: 'AnyDocument', description: 'A document in whatever shape it was stored.' });

/** Sizes of the database. */
export const DbStats = z
  .looseObject({ dataSize: z.number().optional().describe('Bytes.'), indexSize: z.number().optional().describe('Bytes.') })
  .meta({ id: 'DbStats', description: 'Sizes of the database; empty when not known.' });

const timedList = z.array(Timed);

/** Answer of `/ddata/at`. */
export const RuntimeData = z
  .looseObject({
    sgvs: z.array(LiveSgv),
    treatments: timedList,
    mbgs: z.array(LiveMbg),
    cals: z.array(LiveCal),
    profiles: z.array(AnyDocument),
    devicestatus: timedList,
    food: z.array(AnyDocument),
    activity: z.array(AnyDocument),
    dbstats: DbStats,
    lastUpdated: mills,
    entries: z.array(z.unknown()).describe('Always empty.'),
    lastProfileFromSwitch: z.string().nullish().describe('Name of the permanent profile switch in force.'),
    sitechangeTreatments: timedList,
    insulinchangeTreatments: timedList,
    batteryTreatments: timedList,
    sensorTreatments: timedList,
    profileTreatments: timedList,
    combobolusTreatments: timedList,
    tempbasalTreatments: timedList,
    tempTargetTreatments: timedList,
    page: z.looseObject({ frame: z.boolean(), after: mills }).optional().describe('Only for a past time.')
  })
  .meta({ id: 'RuntimeData', description: 'Everything the server works with at one moment; lists ascend by `mills`.' });
