import * as z from 'zod';
import type { Session } from './session.ts';
import { entry, status, treatment } from './shapes.ts';

const amount = z.number().nullish();

/** xDrip+ as follower, and what the uploader asks before it sends. */
export const XDRIP: Session = {
  app: 'xDrip+',
  needs: 'read',
  steps: [
    { id: 'status', title: 'asks for the version', path: '/api/v1/status.json', shape: status.extend({ version: z.string() }) },
    {
      id: 'first',
      title: 'the first readings',
      path: '/api/v1/entries.json?count=10&rr={now+0m}',
      shape: z.array(entry).max(10)
    },
    {
      id: 'newer',
      title: 'readings newer than the last',
      path: '/api/v1/entries.json?count=2880&find[date][$gt]={now-1d}&rr={now+0m}',
      shape: z.array(entry.extend({ sgv: amount, filtered: amount, unfiltered: amount })),
      soft: {
        shape: z.array(z.looseObject({ sgv: z.number().int().optional(), rssi: z.number().int().optional() })),
        remark: 'a reading of another uploader makes xDrip+ lose the list'
      }
    },
    {
      id: 'treatments',
      title: 'treatments, with a header no server reads',
      path: '/api/v1/treatments',
      headers: { 'broken-if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' },
      shape: z.array(treatment)
    },
    {
      id: 'by-uuid',
      title: 'looks for a treatment of its own, however old',
      path: '/api/v1/treatments.json?find%5Buuid%5D=00000000-0000-4000-8000-000000000000',
      shape: z.array(treatment).max(0)
    },
    {
      id: 'devicestatus',
      title: 'the battery of the uploader',
      path: '/api/v1/devicestatus.json?count=1',
      shape: z.array(z.looseObject({ uploaderBattery: z.union([z.number(), z.boolean()]).nullish() })).max(1)
    }
  ]
};
