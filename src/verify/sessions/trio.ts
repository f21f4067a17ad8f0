import * as z from 'zod';
import type { Session } from './session.ts';
import { id, number, profile, text } from './shapes.ts';

const DIRECTIONS =
  /^(TripleUp|DoubleUp|SingleUp|FortyFiveUp|Flat|FortyFiveDown|SingleDown|DoubleDown|TripleDown|NONE|NOT COMPUTABLE|RATE OUT OF RANGE)$/;
const OTHERS = ['Trio', 'AndroidAPS', 'openaps://AndroidAPS', 'iAPS', 'loop://iPhone']
  .map((name, n) => `find%5B$and%5D%5B${n}%5D%5BenteredBy%5D%5B$ne%5D=${name}`)
  .join('&');

/** Trio reads glucose when it has no sensor of its own, and what others entered. One element that does not fit empties a list. */
export const TRIO: Session = {
  app: 'Trio',
  needs: 'read',
  steps: [
    {
      id: 'glucose',
      title: 'readings of a day',
      path: '/api/v1/entries/sgv.json?count=1600&find%5BdateString%5D%5B$gte%5D={iso-1d}',
      shape: z.array(z.looseObject({ date: number, sgv: number })),
      soft: {
        shape: z.array(
          z.looseObject({
            dateString: text,
            direction: z.string().regex(DIRECTIONS).optional(),
            noise: z.number().int().optional()
          })
        ),
        remark: 'a reading of another uploader makes Trio lose the list'
      }
    },
    {
      id: 'carbs',
      title: 'carbs others entered',
      path: `/api/v1/treatments.json?find%5Bcarbs%5D%5B$exists%5D=true&${OTHERS}&find%5Bcreated_at%5D%5B$gt%5D={iso-1d}`,
      shape: z.array(z.looseObject({ created_at: text }))
    },
    {
      id: 'targets',
      title: 'temporary targets others set',
      path: `/api/v1/treatments.json?find%5BeventType%5D=Temporary+Target&find%5Bduration%5D%5B$exists%5D=true&${OTHERS}&find%5Bcreated_at%5D%5B$gt%5D={iso-1d}`,
      shape: z.array(z.looseObject({ _id: id, created_at: text, eventType: z.literal('Temporary Target'), duration: number }))
    },
    {
      id: 'profile',
      title: 'the profile, to import it',
      path: '/api/v1/profile.json?count=1',
      shape: z.array(profile).max(1)
    }
  ]
};
