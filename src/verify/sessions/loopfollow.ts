import * as z from 'zod';
import type { Session } from './session.ts';
import { deviceStatus, number, profile, status, treatment } from './shapes.ts';

/** A reading, a finger test or a raw one: one of three fields has the number. */
const value = z
  .looseObject({ date: number })
  .refine(({ sgv, mbg, glucose }: Record<string, unknown>) => [sgv, mbg, glucose].some((one) => typeof one === 'number'));

/** LoopFollow: what it shows, asked every few minutes. */
export const LOOPFOLLOW: Session = {
  app: 'LoopFollow',
  needs: 'read',
  steps: [
    { id: 'status', title: 'the connection test', path: '/api/v1/status.json', shape: status },
    {
      id: 'readings',
      title: 'readings of a day without calibrations',
      path: '/api/v1/entries.json?count=300&find%5Bdate%5D%5B$gte%5D={now-1d}&find%5Btype%5D%5B$ne%5D=cal',
      shape: z.array(z.looseObject({ date: number })),
      soft: { shape: z.array(value), remark: 'an entry without value makes LoopFollow lose the list' }
    },
    {
      id: 'treatments',
      title: 'treatments of a day',
      path: '/api/v1/treatments.json?find%5Bcreated_at%5D%5B$gte%5D={isoS-1d}&find%5Bcreated_at%5D%5B$lte%5D={isoS+6h}&count=5000',
      shape: z.array(treatment)
    },
    {
      id: 'page',
      title: 'an older page of treatments',
      path: '/api/v1/treatments.json?find%5Bcreated_at%5D%5B$gte%5D={iso-7d}&find%5Bcreated_at%5D%5B$lt%5D={iso-1d}&count=50',
      shape: z.array(treatment).max(50)
    },
    {
      id: 'profile',
      title: 'the profile in force',
      path: '/api/v1/profiles.json?count=1&find%5BstartDate%5D%5B$lte%5D={iso+1m}',
      shape: z.array(profile).max(1)
    },
    {
      id: 'devicestatus',
      title: 'the latest device status',
      path: '/api/v1/devicestatus.json?count=1',
      shape: z.array(deviceStatus).max(1)
    }
  ]
};
