import * as z from 'zod';
import type { Session } from './session.ts';
import { deviceStatus, number, status, text } from './shapes.ts';

const dated = z.looseObject({ created_at: text });

/** nightguard: the present reading from the properties, the curve from entries, ages from treatments. */
export const NIGHTGUARD: Session = {
  app: 'nightguard',
  needs: 'read',
  steps: [
    { id: 'status', title: 'the units', path: '/api/v1/status.json', shape: status },
    {
      id: 'curve',
      title: 'the curve of a day',
      path: '/api/v1/entries.json?find%5Bdate%5D%5B$gt%5D={now-1d}.0&find%5Bdate%5D%5B$lte%5D={now+0d}.0&count=1440',
      shape: z.array(z.looseObject({ date: number }))
    },
    {
      id: 'present',
      title: 'the present reading',
      path: '/api/v2/properties',
      shape: z.looseObject({ bgnow: z.looseObject({}) })
    },
    {
      id: 'age',
      title: 'the last site change, by a bare date',
      path: '/api/v1/treatments?find%5BeventType%5D=Site%20Change&find%5Bcreated_at%5D%5B$gte%5D=2001-01-01&count=1',
      shape: z.array(dated).max(1)
    },
    {
      id: 'treatments',
      title: 'treatments',
      path: '/api/v1/treatments.json',
      shape: z.array(dated.extend({ _id: text }))
    },
    { id: 'devicestatus', title: 'the pump', path: '/api/v1/devicestatus.json?count=5', shape: z.array(deviceStatus).max(5) }
  ]
};
