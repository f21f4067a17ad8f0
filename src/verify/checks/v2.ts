import * as z from 'zod';
import { type Check, must } from '../check.ts';
import { fits, type Probe } from '../probe.ts';

async function shaped<T>(probe: Probe, path: string, shape: z.ZodType<T>): Promise<T> {
  const answer = await probe.get(path);
  must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
  return fits(answer.json(), shape, path.split('?')[0]!);
}

const list = z.array(z.unknown());

/** What the site works out by itself. */
export const V2_CHECKS: readonly Check[] = [
  {
    id: 'v2-properties',
    title: 'properties tell the present reading and its change, numbers and texts',
    apps: ['nightguard'],
    needs: ['read'],
    async run(probe) {
      const { bgnow } = await shaped(
        probe,
        '/api/v2/properties',
        z.looseObject({
          bgnow: z.looseObject({ last: z.number().nullish(), mills: z.number().nullish() }),
          delta: z.looseObject({ display: z.string().optional(), mgdl: z.number().nullish() }).optional(),
          iob: z.looseObject({ display: z.string().optional() }).optional(),
          cob: z.looseObject({ display: z.number().optional() }).optional(),
          upbat: z.looseObject({ display: z.string() }).optional()
        })
      );
      if (bgnow.last === undefined || bgnow.last === null) probe.remark('there is no present reading');
    }
  },
  {
    id: 'v2-properties-named',
    title: 'properties/dbsize answers that one only',
    apps: ['LoopFollow'],
    needs: ['read'],
    async run(probe) {
      const dbsize = z.looseObject({ dataPercentage: z.number().int().optional(), totalDataSize: z.number().optional() });
      const found = await shaped(probe, '/api/v2/properties/dbsize', z.looseObject({ dbsize: dbsize.optional() }));
      must(
        Object.keys(found).every((name) => name === 'dbsize'),
        'properties/dbsize answers other properties, too'
      );
    }
  },
  {
    id: 'v2-ddata',
    title: 'ddata holds the lists of the live window',
    apps: [],
    needs: ['read'],
    async run(probe) {
      await shaped(
        probe,
        '/api/v2/ddata/at',
        z.looseObject({ sgvs: list, treatments: list, devicestatus: list, profiles: list, mbgs: list })
      );
    }
  },
  {
    id: 'v2-summary',
    title: 'summary holds readings, treatments, profile and state for watch faces',
    apps: [],
    needs: ['read'],
    async run(probe) {
      await shaped(
        probe,
        '/api/v2/summary',
        z.looseObject({ sgvs: list, treatments: z.looseObject({ tempBasals: list, treatments: list }), state: z.looseObject({}) })
      );
    }
  }
];
