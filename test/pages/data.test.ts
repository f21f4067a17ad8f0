import { io, type Socket } from 'socket.io-client';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SECRET_SHA1, startServer, type TestServer } from '../support/start-server.ts';
import { browserModule } from './browser-module.ts';

interface Item {
  _id: string;
  mills: number;
  mgdl?: number;
  notes?: string;
}
interface State {
  sgvs: Item[];
  treatments: Item[];
  status?: { settings: object };
  loaded: boolean;
}
const { applyUpdate, nothing } = await browserModule<{
  applyUpdate(state: State, packet: object, now: number): State;
  nothing(): State;
}>('data');

const HOUR = 3_600_000;
const NOW = 1_795_000_000_000;

describe('dataUpdate, full and delta (socket-v1.md §6.6)', () => {
  const full = {
    sgvs: [
      { _id: 'a', mills: NOW - 600_000, mgdl: 100 },
      { _id: 'b', mills: NOW - 300_000, mgdl: 110 }
    ],
    treatments: [{ _id: 't', mills: NOW - 600_000, notes: 'old' }],
    status: { settings: { units: 'mmol' } }
  };
  const before = applyUpdate(nothing(), full, NOW);
  const changed = (packet: object) => applyUpdate(before, { delta: true, ...packet }, NOW);

  it('a full packet replaces what it names and keeps the rest', () => {
    const next = applyUpdate(before, { sgvs: [] }, NOW);
    expect([next.sgvs, next.treatments, next.status]).toEqual([[], full.treatments, full.status]);
  });
  it('a reading of the same time replaces, a new one is added in order', () => {
    const { sgvs } = changed({
      sgvs: [
        { _id: 'c', mills: NOW, mgdl: 120 },
        { _id: 'b', mills: NOW - 300_000, mgdl: 60 }
      ]
    });
    expect(sgvs.map(({ mgdl }) => mgdl)).toEqual([100, 60, 120]);
  });
  it('a reading that was deleted is gone; one that moved is only at its new time', () => {
    const gone = { _id: 'b', mills: NOW - 300_000, action: 'remove' };
    expect(changed({ sgvs: [gone] }).sgvs.map(({ _id }) => _id)).toEqual(['a']);
    expect(changed({ sgvs: [gone, { _id: 'b', mills: NOW, mgdl: 110 }] }).sgvs.map(({ mills }) => mills)).toEqual([
      NOW - 600_000,
      NOW
    ]);
  });
  it('treatments are changed and removed by _id, also when their time changed', () => {
    expect(changed({ treatments: [{ _id: 't', mills: NOW, notes: 'new', action: 'update' }] }).treatments).toEqual([
      { _id: 't', mills: NOW, notes: 'new' }
    ]);
    expect(changed({ treatments: [{ _id: 't', mills: 1, action: 'remove' }] }).treatments).toEqual([]);
  });
  it('readings leave after 48 hours, so that a page open for weeks does not grow', () => {
    expect(
      applyUpdate(before, { delta: true, sgvs: [{ _id: 'z', mills: NOW + 48 * HOUR, mgdl: 99 }] }, NOW + 48 * HOUR).sgvs
    ).toHaveLength(1);
  });
});

describe('against a server', () => {
  let server: TestServer;
  let socket: Socket;
  let state = nothing();
  beforeAll(async () => {
    server = await startServer({ AUTH_DEFAULT_ROLES: 'denied' });
    socket = io(server.url);
    socket.on('dataUpdate', (packet: object) => {
      state = applyUpdate(state, packet, Date.now());
    });
    await socket.emitWithAck('authorize', { client: 'web', status: true, secret: SECRET_SHA1 });
  });
  afterAll(async () => {
    socket.disconnect();
    await server.close();
  });

  it('the page ends with what is stored: added, changed, deleted', async () => {
    const api = request(server.url);
    expect(state.status?.settings).toBeTruthy();
    const date = Date.now() - 60_000;
    const [entry] = (
      await api
        .post('/api/v1/entries.json')
        .set(server.secret)
        .send([{ type: 'sgv', sgv: 123, date, dateString: new Date(date).toISOString() }])
    ).body as Item[];
    await vi.waitFor(() => expect(state.sgvs.map(({ mgdl }) => mgdl)).toEqual([123]), { timeout: 30_000 });
    const [treatment] = (
      await api
        .post('/api/v1/treatments.json')
        .set(server.secret)
        .send([{ eventType: 'Note', notes: 'one', created_at: new Date(date).toISOString() }])
    ).body as Item[];
    await vi.waitFor(() => expect(state.treatments.map(({ notes }) => notes)).toEqual(['one']), { timeout: 30_000 });
    await api
      .put('/api/v1/treatments.json')
      .set(server.secret)
      .send({ ...treatment, notes: 'two' });
    await vi.waitFor(() => expect(state.treatments.map(({ notes }) => notes)).toEqual(['two']), { timeout: 30_000 });
    await api.delete(`/api/v1/treatments/${treatment!._id}`).set(server.secret);
    await api.delete(`/api/v1/entries/${entry!._id}`).set(server.secret);
    await vi.waitFor(() => expect([state.treatments, state.sgvs]).toEqual([[], []]), { timeout: 30_000 });
  });
});
