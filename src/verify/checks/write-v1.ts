import { gzipSync } from 'node:zlib';
import { type Check, must } from '../check.ts';
import { isObject } from '../probe.ts';
import { entryOf, instant, marker, removeBy, treatmentOf, upload, written } from '../writes.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** Uploading over v1. Each check has instants of its own. */
export const WRITE_V1: readonly Check[] = [
  {
    id: 'write-entries',
    title: 'a batch of entries is answered by one element each, in the order sent, with _id',
    apps: ['Loop', 'Trio', 'xDrip+', 'xDrip4iOS'],
    needs: ['admin'],
    async run(probe) {
      const docs = [entryOf(probe.visit, 1), entryOf(probe.visit, 0)];
      const answer = await upload(probe, 'entries', docs);
      must(
        answer.every(({ _id, date }, n) => typeof _id === 'string' && date === docs[n]!.date),
        'an uploaded batch is answered in another order, or without _id'
      );
    }
  },
  {
    id: 'write-entries-repeat',
    title: 'an entry sent again is the same entry',
    apps: ['Loop', 'Trio', 'xDrip+', 'xDrip4iOS'],
    needs: ['admin'],
    async run(probe) {
      const doc = entryOf(probe.visit, 2);
      await upload(probe, 'entries', [doc]);
      const [again] = await upload(probe, 'entries', [doc]);
      if (typeof again?._id !== 'string') probe.remark('a repeated upload is answered without _id');
      const found = await written(probe, 'entries', doc.date);
      must(found.length === 1, `an entry sent twice is there ${found.length} times`);
    }
  },
  {
    id: 'write-entries-delete',
    title: 'entries are deleted by a range of dateString, and nothing else is',
    apps: ['xDrip4iOS', 'Trio'],
    needs: ['admin'],
    async run(probe) {
      const [gone, kept] = [entryOf(probe.visit, 3), entryOf(probe.visit, 4)];
      await upload(probe, 'entries', [gone, kept]);
      const around = `find%5BdateString%5D%5B$gte%5D=${iso(gone.date - 1000)}&find%5BdateString%5D%5B$lte%5D=${iso(gone.date + 1000)}`;
      await removeBy(probe, 'entries', around);
      must((await written(probe, 'entries', gone.date)).length === 0, 'a deleted entry is still there');
      must((await written(probe, 'entries', kept.date)).length === 1, 'an entry outside the range was deleted, too');
    }
  },
  {
    id: 'write-treatments',
    title: 'treatments come back with created_at in UTC and an _id without dash',
    apps: ['Loop', 'Trio', 'xDrip4iOS', 'nightguard'],
    needs: ['admin'],
    async run(probe) {
      const at = instant(probe.visit, 10);
      const created_at = iso(at + 7_200_000).replace('Z', '+02:00');
      const [answer] = await upload(probe, 'treatments', treatmentOf(probe.visit, 10, { created_at }));
      must(
        typeof answer?._id === 'string' && !answer._id.includes('-'),
        'a treatment is answered without _id, or with a dash in it'
      );
      const [found] = await written(probe, 'treatments', at);
      must(found, 'a treatment with an offset in created_at is not found at its instant');
      must(found.created_at === iso(at), 'created_at with an offset is not turned to UTC');
      must(found.notes === treatmentOf(probe.visit, 10).notes, 'a treatment comes back with other contents');
    }
  },
  {
    id: 'write-treatments-repeat',
    title: 'the same time and type again updates the treatment',
    apps: ['Loop'],
    needs: ['admin'],
    async run(probe) {
      await upload(probe, 'treatments', [treatmentOf(probe.visit, 11)]);
      const [again] = await upload(probe, 'treatments', [treatmentOf(probe.visit, 11, { notes: 'again' })]);
      if (typeof again?._id !== 'string') probe.remark('an update by POST is answered without _id: Loop cannot change it later');
      const found = await written(probe, 'treatments', instant(probe.visit, 11));
      must(found.length === 1, `a treatment sent twice is there ${found.length} times`);
      must(found[0]!.notes === 'again', 'a treatment sent again keeps its old contents');
    }
  },
  {
    id: 'write-treatments-put',
    title: 'PUT inserts under an _id of the app, and changes it',
    apps: ['xDrip+', 'Loop', 'xDrip4iOS'],
    needs: ['admin'],
    async run(probe) {
      const _id = `${probe.visit.run}${'0'.repeat(16)}`;
      for (const notes of ['put', 'put again']) {
        const answer = await probe.ask('PUT', '/api/v1/treatments', { body: treatmentOf(probe.visit, 12, { _id, notes }) });
        must(answer.status === 200, `${answer.asked} answered ${answer.status}`);
        answer.json();
      }
      const found = await written(probe, 'treatments', instant(probe.visit, 12));
      must(found.length === 1 && found[0]!.notes === 'put again', 'PUT does not leave one treatment with the new contents');
      must(found[0]!._id === _id, 'PUT does not keep the _id of the app');
    }
  },
  {
    id: 'write-treatments-delete',
    title: 'DELETE by _id removes; what is gone already is 200, too',
    apps: ['Loop', 'xDrip+', 'xDrip4iOS'],
    needs: ['admin'],
    async run(probe) {
      const [made] = await upload(probe, 'treatments', [treatmentOf(probe.visit, 13)]);
      must(typeof made?._id === 'string', 'a treatment is answered without _id');
      for (const time of ['first', 'second']) {
        const answer = await probe.ask('DELETE', `/api/v1/treatments/${made._id}`);
        must(answer.status === 200, `the ${time} DELETE answered ${answer.status}`);
        answer.json();
      }
      must((await written(probe, 'treatments', instant(probe.visit, 13))).length === 0, 'a deleted treatment is still there');
    }
  },
  {
    id: 'write-treatments-uuid',
    title: 'a UUID as _id is taken, found again and deleted by it',
    apps: ['Loop'],
    needs: ['admin'],
    async run(probe) {
      const { randomUUID } = await import('node:crypto');
      const _id = randomUUID().toUpperCase();
      for (const notes of ['override', 'override again']) {
        const [answer] = await upload(probe, 'treatments', [treatmentOf(probe.visit, 14, { _id, notes })]);
        must(typeof answer?._id === 'string', 'an override is answered without _id');
      }
      const there = await written(probe, 'treatments', instant(probe.visit, 14));
      must(there.length === 1, `an override sent twice is there ${there.length} times`);
      const answer = await probe.ask('DELETE', `/api/v1/treatments/${_id}`);
      must(answer.status === 200, `DELETE by UUID answered ${answer.status}`);
      must((await written(probe, 'treatments', instant(probe.visit, 14))).length === 0, 'DELETE by UUID removes nothing');
    }
  },
  {
    id: 'write-event-time',
    title: 'eventTime becomes created_at',
    apps: ['xDrip4iOS'],
    needs: ['admin'],
    async run(probe) {
      const at = instant(probe.visit, 15);
      const { created_at: _none, ...doc } = treatmentOf(probe.visit, 15);
      await upload(probe, 'treatments', [{ ...doc, eventTime: iso(at) }]);
      must((await written(probe, 'treatments', at)).length === 1, 'a treatment with eventTime is not found at that time');
    }
  },
  {
    id: 'write-gzip',
    title: 'a compressed body is read',
    apps: ['xDrip+'],
    needs: ['admin'],
    async run(probe) {
      const doc = entryOf(probe.visit, 5);
      const answer = await probe.ask('POST', '/api/v1/entries', {
        body: gzipSync(JSON.stringify([doc])),
        headers: { 'content-encoding': 'gzip' }
      });
      must(answer.status >= 200 && answer.status < 300, `a compressed upload is answered ${answer.status}`);
      must((await written(probe, 'entries', doc.date)).length === 1, 'a compressed upload is not stored');
    }
  },
  {
    id: 'write-devicestatus',
    title: 'a device status is stored as sent, nested and unknown fields too',
    apps: ['Loop', 'Trio', 'xDrip+', 'xDrip4iOS'],
    needs: ['admin'],
    async run(probe) {
      const at = instant(probe.visit, 20);
      const extra = { list: [1, 2.5, 'three'], 'key (with spaces)': null, emoji: '🏃' };
      await upload(probe, 'devicestatus', { device: marker(probe.visit), created_at: iso(at), verify: extra });
      const [found] = await written(probe, 'devicestatus', at);
      must(isObject(found?.verify), 'a device status is not found, or without a field it had');
      must(JSON.stringify(found.verify) === JSON.stringify(extra), 'a device status comes back with other contents');
    }
  },
  {
    id: 'write-stranger',
    title: 'a stranger who uploads gets 401',
    apps: ['nightguard'],
    needs: ['admin'],
    async run(probe) {
      const answer = await probe.ask('POST', '/api/v1/treatments', { as: 'stranger', body: treatmentOf(probe.visit, 16) });
      if (answer.status === 200) return probe.remark('everybody may upload treatments');
      must(answer.status === 401, `${answer.asked} answered a stranger with ${answer.status} instead of 401`);
    }
  }
];
