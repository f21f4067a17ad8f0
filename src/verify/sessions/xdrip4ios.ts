import * as z from 'zod';
import type { Session } from './session.ts';
import { id, number, profile, text } from './shapes.ts';

/** xDrip4iOS: what is missing in the answer of a day is deleted in the app. */
export const XDRIP4IOS: Session = {
  app: 'xDrip4iOS',
  needs: 'read',
  steps: [
    {
      id: 'readings',
      title: 'readings as a follower',
      path: '/api/v1/entries/sgv.json?count=60',
      shape: z.array(z.looseObject({ sgv: number, date: number })).max(60)
    },
    {
      id: 'treatments',
      title: 'all treatments of a day, ids without a dash',
      path: '/api/v1/treatments?find%5Bcreated_at%5D%5B$gte%5D={iso-1d}',
      shape: z.array(
        z.looseObject({ _id: id.regex(/^[^-]+$/, 'an _id with a dash'), created_at: text.regex(/Z$/, 'not in UTC') })
      )
    },
    {
      id: 'profile',
      title: 'the profile',
      path: '/api/v1/profile',
      shape: z.array(profile.extend({ startDate: text.optional() }))
    },
    {
      id: 'devicestatus',
      title: 'device statuses, all of them or none',
      path: '/api/v1/devicestatus',
      shape: z.array(z.looseObject({ _id: id })),
      soft: {
        shape: z.array(z.looseObject({ uploader: z.looseObject({ battery: z.number().int().optional() }).optional() })),
        remark: 'a device status of another uploader makes xDrip4iOS lose the list'
      }
    }
  ]
};
