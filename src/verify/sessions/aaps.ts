import * as z from 'zod';
import type { Session } from './session.ts';
import { number, text, v3 } from './shapes.ts';

const whole = z.number().int();
const change = z.looseObject({ identifier: text, srvModified: whole });

/** AAPS (NSClientV3): the first load, then what has changed since. It sends its clock as digits in `Date`. */
export const AAPS: Session = {
  app: 'AAPS',
  needs: 'token',
  steps: [
    {
      id: 'changes',
      title: 'asks which collections have changed',
      path: '/api/v3/lastModified',
      as: 'jwt',
      shape: v3(z.looseObject({ srvDate: whole, collections: z.record(z.string(), whole) }))
    },
    {
      id: 'entries',
      title: 'first load of readings',
      path: '/api/v3/entries?sort=date&date$gt={now-2d}&limit=500',
      as: 'jwt',
      shape: v3(z.array(z.looseObject({ identifier: text, date: number })))
    },
    {
      id: 'treatments',
      title: 'first load of treatments',
      path: '/api/v3/treatments?sort=created_at&created_at$gt={iso-2d}&limit=500',
      as: 'jwt',
      shape: v3(z.array(z.looseObject({ identifier: text, eventType: text.optional() }))),
      soft: {
        shape: v3(z.array(z.looseObject({ timestamp: number.optional(), duration: whole.optional() }))),
        remark: 'a treatment of another uploader makes AAPS lose the page'
      }
    },
    {
      id: 'history',
      title: 'treatments changed since',
      path: '/api/v3/treatments/history/{now-1d}?limit=500',
      as: 'jwt',
      shape: v3(z.array(change))
    },
    {
      id: 'profile',
      title: 'the newest profile',
      path: '/api/v3/profile?sort$desc=date&limit=1',
      as: 'jwt',
      shape: v3(z.array(z.looseObject({ identifier: text })).max(1))
    },
    {
      id: 'devicestatus',
      title: 'device statuses of the last minutes, without limit',
      path: '/api/v3/devicestatus/history/{now-7m}',
      as: 'jwt',
      shape: v3(z.array(change))
    },
    {
      id: 'food',
      title: 'food',
      path: '/api/v3/food?limit=1000',
      as: 'jwt',
      shape: v3(z.array(z.looseObject({ identifier: text })))
    }
  ]
};
