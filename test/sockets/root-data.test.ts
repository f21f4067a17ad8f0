import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Mutation } from '../../src/collections/commit.ts';
import { patch, remove } from '../../src/collections/mutations.ts';
import type { Doc } from '../../src/storage/port.ts';
import { type BareServer, bareServer, type Client, SECRET_SHA1 } from './bare-server.ts';

// socket-v1.md §6 and §7; D1, D19, D20

const MIN = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();
const put = (doc: Doc): Mutation => ({
  lookups: doc._id ? [{ key: { _id: doc._id } }] : [],
  decide: () => ({ do: 'store', doc })
});
type Update = { [member: string]: Doc[] } & { delta?: boolean; lastUpdated?: number; status?: Doc };

let server: BareServer;
let start: number;
beforeAll(async () => {
  server = await bareServer();
  start = Date.now() - 30 * MIN;
});
afterAll(() => server.close());
const commit = (...args: Parameters<BareServer['services']['commit']>) => server.services.commit(...args);
const delta = (client: Client, member: string, _id: string) =>
  client.next<Update>(
    'dataUpdate',
    (update) => Boolean(update.delta) && Boolean(update[member]?.some((item) => item._id === _id))
  );

it.each([4, 2] as const)('a write is heard in the next event, client version %i', async (version) => {
  const client = await server.reader(undefined, version);
  const date = start + version * MIN;
  const heard = delta(client, 'sgvs', `sgv${version}`);
  const began = performance.now();
  await commit('entries', 'v1', [
    put({ _id: `sgv${version}`, type: 'sgv', sgv: 100, date, direction: 'Flat', dateString: iso(date) })
  ]);
  const update = await heard;
  expect(performance.now() - began).toBeLessThan(5000);
  expect(update).toEqual({
    delta: true,
    lastUpdated: expect.any(Number),
    sgvs: [{ _id: `sgv${version}`, mgdl: 100, mills: date, direction: 'Flat', type: 'sgv' }]
  });

  const created_at = iso(date);
  await commit('treatments', 'v1', [put({ _id: `t${version}`, eventType: 'Note', notes: 'a', created_at })]);
  expect((await delta(client, 'treatments', `t${version}`)).treatments).toEqual([
    {
      _id: `t${version}`,
      eventType: 'Note',
      notes: 'a',
      created_at,
      srvModified: expect.any(Number),
      srvCreated: expect.any(Number),
      mills: date,
      mgdl: 100
    }
  ]);
  await commit('treatments', 'root', [patch(`t${version}`, { notes: 'b' })]);
  expect((await delta(client, 'treatments', `t${version}`)).treatments).toMatchObject([
    { _id: `t${version}`, notes: 'b', action: 'update' }
  ]);
  await commit('treatments', 'v3', [patch(`t${version}`, { isValid: false })]);
  expect((await delta(client, 'treatments', `t${version}`)).treatments).toEqual([
    { _id: `t${version}`, mills: date, action: 'remove' }
  ]);
});

it('a batch is one message', async () => {
  const client = await server.reader();
  await commit(
    'entries',
    'v1',
    Array.from({ length: 500 }, (_, i) => put({ _id: `batch${i}`, type: 'sgv', sgv: 100, date: start - i * MIN }))
  );
  expect((await delta(client, 'sgvs', 'batch0')).sgvs).toHaveLength(500);
});

it('a deleted reading is removed, and a full packet makes those forget who do not know removals', async () => {
  await commit('entries', 'v1', [put({ _id: 'wrong', type: 'sgv', sgv: 400, date: start + 20 * MIN })]);
  const client = await server.reader({ secret: SECRET_SHA1, status: true });
  const plain = await server.reader();
  await commit('entries', 'v1', [remove('wrong')]);
  expect((await delta(client, 'sgvs', 'wrong')).sgvs).toEqual([{ _id: 'wrong', mills: start + 20 * MIN, action: 'remove' }]);
  const full = await client.next<Update>('dataUpdate', (update) => !update.delta);
  expect(full.sgvs!.some(({ _id }) => _id === 'wrong')).toBe(false);
  expect(full.status).toMatchObject({ status: 'ok' });
  expect(await plain.next<Update>('dataUpdate', (update) => !update.delta)).not.toHaveProperty('status');
});

it('food alone says nothing; a status shows its battery as the reference does', async () => {
  const client = await server.reader();
  await commit('food', 'v1', [put({ _id: 'apple', name: 'apple' })]);
  const created_at = iso(Date.now() - 4 * MIN);
  await commit('devicestatus', 'v1', [put({ _id: 'd', device: 'xDrip', created_at, uploaderBattery: 61 })]);
  const update = await client.next<Update>('dataUpdate');
  expect(Object.keys(update)).toEqual(['delta', 'lastUpdated', 'devicestatus']);
  expect(update.devicestatus).toMatchObject([{ _id: 'd', uploader: { battery: 61, value: 61, display: '61%', level: 75 } }]);
});

it('a new permanent profile switch brings the status along, once', async () => {
  const client = await server.reader();
  await commit('treatments', 'v1', [
    put({ _id: 'switch', eventType: 'Profile Switch', duration: 0, profile: 'Night', created_at: iso(start) })
  ]);
  expect((await delta(client, 'treatments', 'switch')).status).toMatchObject({ activeProfile: 'Night' });
  await commit('treatments', 'v1', [put({ _id: 'note', eventType: 'Note', created_at: iso(start) })]);
  expect(await delta(client, 'treatments', 'note')).not.toHaveProperty('status');
});

it('generated profile names are left out of the full packet', async () => {
  await commit('profile', 'v1', [
    put({ _id: 'p', startDate: iso(start), store: { A: { dia: 3 }, 'A@@@@@17': { dia: 4 }, '@@@@@': { dia: 5 } } })
  ]);
  const client = await server.client();
  await client.ask('authorize', { secret: SECRET_SHA1 });
  expect((await client.next<Update>('dataUpdate')).profiles).toMatchObject([
    { _id: 'p', store: { A: { dia: 3 }, '@@@@@': { dia: 5 } } }
  ]);
});

it('loadRetro answers first, then sends every status to readers and none to strangers', async () => {
  await commit(
    'devicestatus',
    'v1',
    Array.from({ length: 12 }, (_, i) => put({ _id: `r${i}`, device: 'rig', created_at: iso(start + i * MIN), loop: {} }))
  );
  const client = await server.client();
  await client.ask('authorize', { secret: SECRET_SHA1 });
  const full = await client.next<Update>('dataUpdate');
  expect(full.devicestatus!.filter(({ device }) => device === 'rig')).toHaveLength(10);
  expect(await client.ask('loadRetro', { loadedMills: 5 })).toEqual({ result: 'success' });
  expect((await client.next<Update>('retroUpdate')).devicestatus!.filter(({ device }) => device === 'rig')).toHaveLength(12);
  const stranger = await server.client();
  expect(await stranger.ask('loadRetro', {})).toEqual({ result: 'success' });
  expect(await stranger.next('retroUpdate')).toEqual({ devicestatus: [] });
});

it('alarms reach readers, and those may silence them who are allowed to', async () => {
  const client = await server.reader();
  const stranger = await server.client();
  const acks: unknown[][] = [];
  server.sockets.root.onAck((...args) => void acks.push(args));
  server.sockets.root.sendAlarm('urgent_alarm', { level: 2, title: 'Urgent HIGH' });
  expect(await client.next('urgent_alarm')).toEqual({ level: 2, title: 'Urgent HIGH' });
  stranger.socket.emit('ack', 2, 'default', 1000);
  client.socket.emit('ack', 'x');
  client.socket.emit('ack', 2, 'default', 60_000);
  client.socket.emit('ack', 1, null, -5);
  await stranger.ask('loadRetro');
  await client.ask('loadRetro');
  expect(acks).toEqual([
    [2, 'default', 60_000],
    [1, 'default', undefined]
  ]);
  expect(stranger.heard.some(([event]) => event === 'urgent_alarm')).toBe(false);
});
