import * as z from 'zod';
import { APPS, type Check, must } from '../check.ts';
import { fits } from '../probe.ts';

const STATUS = z.looseObject({
  status: z.literal('ok'),
  name: z.string(),
  version: z.string(),
  serverTime: z.string(),
  apiEnabled: z.literal(true),
  careportalEnabled: z.boolean(),
  settings: z.looseObject({ units: z.string() })
});

/** What a site says about itself. */
export const STATUS_CHECKS: readonly Check[] = [
  {
    id: 'status-fields',
    title: 'status.json says that the API is there, and in which units',
    apps: APPS,
    needs: ['read'],
    async run(probe) {
      const answer = await probe.get('/api/v1/status.json');
      must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
      must(/^application\/json/.test(answer.headers.get('content-type') ?? ''), `${answer.asked} is not sent as JSON`);
      const { settings, serverTime } = fits(answer.json(), STATUS, 'status.json');
      must(/mg|mmol/i.test(settings.units), 'status.json: settings.units is neither mg/dl nor mmol');
      must(!Number.isNaN(Date.parse(serverTime)), 'status.json: serverTime is no date');
    }
  },
  {
    id: 'status-version',
    title: 'the version is one xDrip+ uploads to (0.9 or newer)',
    apps: ['xDrip+'],
    needs: ['read'],
    async run(probe) {
      const { version } = fits((await probe.get('/api/v1/status.json')).json(), STATUS.pick({ version: true }), 'status.json');
      must(/^\d+\.\d+/.test(version) && !/^0\.[0-8]\./.test(version), `the version is ${version.slice(0, 20)}`);
    }
  },
  {
    id: 'verifyauth',
    title: 'verifyauth tells strangers, with status 200, what they may',
    apps: [],
    needs: [],
    async run(probe) {
      const answer = await probe.get('/api/v1/verifyauth', { as: 'stranger' });
      must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
      const message = z.looseObject({ canRead: z.boolean(), canWrite: z.boolean(), message: z.string() });
      fits(answer.json(), z.looseObject({ message }), 'verifyauth');
    }
  }
];
