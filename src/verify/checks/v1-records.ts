import { type Check, must, Skipped } from '../check.ts';
import { isObject, type Probe } from '../probe.ts';

const DAY_MS = 86_400_000;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const since = (probe: Probe, days: number): string => new Date(probe.visit.now() - days * DAY_MS).toISOString();
const created = (probe: Probe, days: number): string => `find%5Bcreated_at%5D%5B$gte%5D=${since(probe, days)}`;

const isAmount = (value: unknown): boolean => value === undefined || value === null || typeof value === 'number';

/** Reading treatments, device statuses and profiles over v1. */
export const V1_RECORDS: readonly Check[] = [
  {
    id: 'v1-treatments',
    title: 'treatments carry _id, created_at in UTC, and carbs and insulin as numbers',
    apps: ['Loop', 'Trio', 'xDrip+', 'xDrip4iOS', 'LoopFollow', 'nightguard'],
    needs: ['read'],
    async run(probe) {
      const docs = await probe.list(`/api/v1/treatments?${created(probe, 7)}`);
      for (const { _id, created_at, carbs, insulin } of docs) {
        must(typeof _id === 'string', 'a treatment has no _id in text');
        must(typeof created_at === 'string' && UTC.test(created_at), 'created_at of a treatment is not in UTC (…Z)');
        must(isAmount(carbs) && isAmount(insulin), 'carbs or insulin of a treatment is text');
      }
    }
  },
  {
    id: 'v1-treatments-order',
    title: 'treatments come newest first, and count bounds them',
    apps: ['LoopFollow', 'nightguard'],
    needs: ['read'],
    async run(probe) {
      const docs = await probe.list(`/api/v1/treatments.json?${created(probe, 30)}&count=5`);
      must(docs.length <= 5, `count=5 answered ${docs.length} treatments`);
      const times = docs.map(({ created_at }) => Date.parse(String(created_at)));
      must(
        times.every((at, n) => n === 0 || at <= times[n - 1]!),
        'treatments come in another order than newest first'
      );
    }
  },
  {
    id: 'v1-treatments-type',
    title: 'the last of an event type is found, however old, by an upper bound without zone',
    apps: ['LoopFollow', 'nightguard'],
    needs: ['read'],
    async run(probe) {
      const bound = new Date(probe.visit.now()).toISOString().slice(0, 19);
      const query = `find%5BeventType%5D=Site%20Change&find%5Bcreated_at%5D%5B$lte%5D=${bound}&count=1`;
      const docs = await probe.list(`/api/v1/treatments.json?${query}`);
      must(docs.length <= 1 && docs.every(({ eventType }) => eventType === 'Site Change'), 'find[eventType] answers other types');
    }
  },
  {
    id: 'v1-treatments-exists',
    title: 'find[carbs][$exists]=true finds carbs of others only ($and, $ne)',
    apps: ['Trio'],
    needs: ['read'],
    async run(probe) {
      const others = ['Trio', 'AndroidAPS']
        .map((name, n) => `find%5B$and%5D%5B${n}%5D%5BenteredBy%5D%5B$ne%5D=${name}`)
        .join('&');
      const query = `find%5Bcarbs%5D%5B$exists%5D=true&${others}&find%5Bcreated_at%5D%5B$gt%5D=${since(probe, 7)}`;
      const docs = await probe.list(`/api/v1/treatments.json?${query}`);
      must(
        docs.every((doc) => 'carbs' in doc),
        'find[carbs][$exists]=true answers treatments without carbs'
      );
      must(
        docs.every(({ enteredBy }) => enteredBy !== 'Trio' && enteredBy !== 'AndroidAPS'),
        'find[$and][…][enteredBy][$ne] answers the ones left out'
      );
      if (docs.some(({ carbs }) => typeof carbs !== 'number'))
        probe.remark('a treatment with empty carbs makes Trio lose the list');
    }
  },
  {
    id: 'v1-treatments-etag',
    title: 'the ETag of treatments stays while nothing changes',
    apps: ['xDrip+'],
    needs: ['read'],
    async run(probe) {
      const [one, two] = [await probe.get('/api/v1/treatments'), await probe.get('/api/v1/treatments')];
      must(one.status === 200 && two.status === 200, `treatments answered ${one.status} and ${two.status}`);
      const [before, after] = [one.headers.get('etag'), two.headers.get('etag')];
      if (!before) return probe.remark('treatments have no ETag: xDrip+ reads them anew each time');
      must(one.text !== two.text || before === after, 'the ETag changed though the treatments did not');
    }
  },
  {
    id: 'v1-devicestatus',
    title: 'device statuses carry _id, and pump, loop and openaps as objects',
    apps: ['Loop', 'xDrip+', 'xDrip4iOS', 'LoopFollow', 'nightguard'],
    needs: ['read'],
    async run(probe) {
      const docs = await probe.list('/api/v1/devicestatus.json?count=5');
      must(docs.length <= 5, `count=5 answered ${docs.length} device statuses`);
      for (const doc of docs) {
        must(typeof doc._id === 'string', 'a device status has no _id in text');
        for (const part of ['pump', 'loop', 'openaps'])
          must(doc[part] === undefined || doc[part] === null || isObject(doc[part]), `${part} of a device status is no object`);
      }
    }
  },
  {
    id: 'v1-profiles',
    title: 'profile and profiles list stores of profiles, newest first',
    apps: ['Loop', 'Trio', 'xDrip4iOS', 'LoopFollow'],
    needs: ['read'],
    async run(probe) {
      const all = await probe.list('/api/v1/profile');
      const found = await probe.list('/api/v1/profiles.json?count=1');
      must(found.length <= 1, `profiles.json?count=1 answered ${found.length} profiles`);
      for (const { _id, store, defaultProfile } of [...all, ...found])
        must(
          typeof _id === 'string' && isObject(store) && typeof defaultProfile === 'string',
          'a profile has no _id, no store or no defaultProfile'
        );
    }
  },
  {
    id: 'v1-profile-current',
    title: 'profile/current is one object',
    apps: ['Loop'],
    needs: ['read'],
    async run(probe) {
      if ((await probe.list('/api/v1/profile.json?count=1')).length === 0) throw new Skipped('the site has no profile');
      const answer = await probe.get('/api/v1/profile/current');
      must(answer.status === 200 && isObject(answer.json()), `${answer.asked} answered ${answer.status}, or no object`);
    }
  }
];
