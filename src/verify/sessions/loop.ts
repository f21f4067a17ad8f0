import * as z from 'zod';
import type { Session } from './session.ts';
import { deviceStatus, entry, id, profile, text, treatment } from './shapes.ts';

/** Loop restores its past from the site: everything between two instants, sent as ISO texts without milliseconds. */
export const LOOP: Session = {
  app: 'Loop',
  needs: 'read',
  steps: [
    {
      id: 'entries',
      title: 'readings of a day',
      path: '/api/v1/entries?find%5BdateString%5D%5B$gte%5D={isoS-1d}&find%5BdateString%5D%5B$lte%5D={isoS+0d}&count=288',
      shape: z.array(entry.extend({ type: text }))
    },
    {
      id: 'treatments',
      title: 'treatments of a day, their timestamp as text',
      path: '/api/v1/treatments?find%5Bcreated_at%5D%5B$gte%5D={isoS-1d}&find%5Bcreated_at%5D%5B$lte%5D={isoS+0d}&count=500',
      shape: z.array(treatment.extend({ eventType: text })),
      soft: {
        shape: z.array(z.looseObject({ timestamp: text.optional(), enteredBy: text.optional() })),
        remark: 'a treatment of another uploader is passed over by Loop'
      }
    },
    {
      id: 'devicestatus',
      title: 'device statuses of an hour',
      path: '/api/v1/devicestatus?find%5Bcreated_at%5D%5B$gte%5D={isoS-1h}&find%5Bcreated_at%5D%5B$lte%5D={isoS+0h}&count=20',
      shape: z.array(deviceStatus)
    },
    {
      id: 'profiles',
      title: 'settings of the last year',
      path: '/api/v1/profiles?find%5BstartDate%5D%5B$gte%5D={isoS-365d}&find%5BstartDate%5D%5B$lte%5D={isoS+0d}&count=5',
      shape: z.array(profile.extend({ _id: id, startDate: text }))
    }
  ]
};
