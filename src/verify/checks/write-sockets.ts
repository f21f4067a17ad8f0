import * as z from 'zod';
import { type Check, must } from '../check.ts';
import { fits, type Probe } from '../probe.ts';
import type { ProbeSocket } from '../socket.ts';
import { instant, treatmentOf, upload, written } from '../writes.ts';
import { credentialOf } from './sockets.ts';
import { create } from './write-v3.ts';

const DONE = z.looseObject({ result: z.literal('success') });
const STORED = z.looseObject({ colName: z.literal('treatments'), doc: z.looseObject({ srvModified: z.number().int() }) });

async function listening(probe: Probe): Promise<ProbeSocket> {
  const socket = await probe.socket('/storage');
  const answer = await socket.ask('subscribe', { accessToken: probe.visit.token, collections: ['treatments'] });
  fits(answer, z.looseObject({ success: z.literal(true) }), 'the acknowledgement of subscribe on /storage');
  return socket;
}

/** Writing over sockets, and what they tell of writes. */
export const WRITE_SOCKETS: readonly Check[] = [
  {
    id: 'write-socket',
    title: 'dbAdd answers the stored document, dbUpdate changes and dbRemove removes it',
    apps: ['AAPS'],
    needs: ['admin'],
    async run(probe) {
      const socket = await probe.socket('/');
      await socket.ask('authorize', { client: 'verify', history: 1, ...credentialOf(probe) });
      const at = instant(probe.visit, 40);
      const stored = z.array(z.looseObject({ _id: z.string() })).length(1);
      const data = treatmentOf(probe.visit, 40);
      const [{ _id }] = fits(await socket.ask('dbAdd', { collection: 'treatments', data }), stored, 'the answer to dbAdd') as [
        { _id: string }
      ];
      const [again] = fits(await socket.ask('dbAdd', { collection: 'treatments', data }), stored, 'the answer to dbAdd');
      must(again!._id === _id, 'the same treatment added twice over the socket is another one');
      const update = { collection: 'treatments', _id, data: { notes: 'updated' } };
      fits(await socket.ask('dbUpdate', update), DONE, 'the answer to dbUpdate');
      must((await written(probe, 'treatments', at))[0]?.notes === 'updated', 'dbUpdate changes nothing');
      fits(await socket.ask('dbRemove', { collection: 'treatments', _id }), DONE, 'the answer to dbRemove');
      must((await written(probe, 'treatments', at)).length === 0, 'dbRemove removes nothing');
    }
  },
  {
    id: 'write-storage-v3',
    title: '/storage tells of create, update and delete over v3, with integer srvModified',
    apps: ['AAPS'],
    needs: ['v3-write'],
    async run(probe) {
      const socket = await listening(probe);
      const identifier = await create(probe, 41);
      const path = `/api/v3/treatments/${identifier}`;
      const ours = ({ doc, identifier: gone }: Record<string, unknown>): boolean =>
        (doc as { identifier?: unknown } | undefined)?.identifier === identifier || gone === identifier;
      fits(await socket.next('create', ours), STORED, 'the event create on /storage');
      await probe.ask('PATCH', path, { as: 'jwt', body: { notes: 'patched' } });
      fits(await socket.next('update', ours), STORED, 'the event update on /storage');
      await probe.ask('DELETE', path, { as: 'jwt' });
      fits(
        await socket.next('delete', ours),
        z.looseObject({ colName: z.literal('treatments') }),
        'the event delete on /storage'
      );
    }
  },
  {
    id: 'write-storage-v1',
    title: '/storage tells of uploads over v1 in a form AAPS can read, or not at all',
    apps: ['AAPS'],
    needs: ['admin', 'token'],
    async run(probe) {
      const socket = await listening(probe);
      const created_at = new Date(instant(probe.visit, 42)).toISOString();
      await upload(probe, 'treatments', [treatmentOf(probe.visit, 42)]);
      const ours = ({ doc }: Record<string, unknown>) => (doc as { created_at?: unknown } | undefined)?.created_at === created_at;
      const event = await socket.soon('create', ours);
      if (event) fits(event, STORED, 'the event create on /storage');
      else probe.remark('AAPS hears of uploads over v1 only at its next connection');
    }
  }
];
