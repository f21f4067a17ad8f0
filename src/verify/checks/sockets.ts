import * as z from 'zod';
import { type Check, must } from '../check.ts';
import { fits, type Probe } from '../probe.ts';
import type { ProbeSocket } from '../socket.ts';

const list = z.array(z.unknown());
const FULL = z.looseObject({
  sgvs: list,
  treatments: list,
  profiles: list,
  devicestatus: list,
  lastUpdated: z.number().optional()
});

/** As the web page and LoopFollow come: with the secret, or a token in its place. */
export const credentialOf = ({ visit }: Probe): Record<string, string> => {
  const secret = visit.secretSha1 ?? visit.token;
  return secret === undefined ? {} : { secret };
};

async function authorized(probe: Probe): Promise<{ socket: ProbeSocket; rights: unknown }> {
  const socket = await probe.socket('/');
  const rights = await socket.ask('authorize', { client: 'verify', history: 1, status: true, ...credentialOf(probe) });
  return { socket, rights };
}

const opened = async (probe: Probe, protocol: 3 | 4): Promise<void> => {
  const answer = await probe.get(`/socket.io/?EIO=${protocol}&transport=polling`, { as: 'stranger' });
  must(answer.status === 200, `EIO=${protocol} is answered ${answer.status}`);
  const [, json] = /^(?:\d+:)?0(\{.*?\})/.exec(answer.text) ?? [];
  must(json, `EIO=${protocol} is answered without a handshake`);
  let handshake: unknown;
  try {
    handshake = JSON.parse(json);
  } catch {
    handshake = undefined;
  }
  const { upgrades } = fits(
    handshake,
    z.looseObject({ sid: z.string(), upgrades: z.array(z.string()), pingInterval: z.number() }),
    `the handshake of EIO=${protocol}`
  );
  must(upgrades.includes('websocket'), `the handshake of EIO=${protocol} offers no websocket`);
};

/** Live data over Socket.IO. */
export const SOCKET_CHECKS: readonly Check[] = [
  {
    id: 'socket-eio4',
    title: 'Engine.IO 4 shakes hands and offers websocket',
    apps: ['AAPS', 'LoopFollow'],
    needs: [],
    run: (probe) => opened(probe, 4)
  },
  {
    id: 'socket-eio3',
    title: 'Engine.IO 3 shakes hands, for older apps',
    apps: [],
    needs: [],
    run: (probe) => opened(probe, 3)
  },
  {
    id: 'socket-websocket',
    title: 'websockets get through to the site',
    apps: ['AAPS', 'LoopFollow'],
    needs: [],
    async run(probe) {
      await probe.socket('/', { transport: 'websocket' });
    }
  },
  {
    id: 'socket-authorize',
    title: 'the root namespace acknowledges authorize with rights',
    apps: ['LoopFollow'],
    needs: ['read'],
    async run(probe) {
      const { rights } = await authorized(probe);
      fits(
        rights,
        z.looseObject({ read: z.literal(true), write: z.boolean(), write_treatment: z.boolean() }),
        'the acknowledgement of authorize'
      );
    }
  },
  {
    id: 'socket-update',
    title: 'who may read gets connected and then everything, without delta',
    apps: ['LoopFollow'],
    needs: ['read'],
    async run(probe) {
      const { socket } = await authorized(probe);
      await socket.next('connected');
      const update = fits(await socket.next('dataUpdate'), FULL, 'the first dataUpdate');
      must(update.delta === undefined || update.delta === false, 'the first dataUpdate is a delta');
    }
  },
  {
    id: 'socket-status',
    title: 'the first dataUpdate tells a version from 15.0.0 on',
    apps: ['AAPS'],
    needs: ['read'],
    async run(probe) {
      const { socket } = await authorized(probe);
      const shape = z.looseObject({ status: z.looseObject({ versionNum: z.number().min(150_000, 'below 150000') }) });
      fits(await socket.next('dataUpdate'), shape, 'the first dataUpdate');
    }
  },
  {
    id: 'socket-storage',
    title: '/storage lets a token subscribe, and an unknown collection does not spoil it',
    apps: ['AAPS'],
    needs: ['token'],
    async run(probe) {
      const socket = await probe.socket('/storage');
      const collections = ['devicestatus', 'entries', 'profile', 'treatments', 'foods'];
      const answer = fits(
        await socket.ask('subscribe', { accessToken: probe.visit.token, collections }),
        z.looseObject({ success: z.literal(true), collections: z.array(z.string()) }),
        'the acknowledgement of subscribe on /storage'
      );
      must(
        answer.collections.includes('entries') && answer.collections.includes('treatments'),
        '/storage does not list entries and treatments'
      );
    }
  },
  {
    id: 'socket-alarm',
    title: '/alarm lets a token subscribe',
    apps: ['AAPS'],
    needs: ['token'],
    async run(probe) {
      const socket = await probe.socket('/alarm');
      fits(
        await socket.ask('subscribe', { accessToken: probe.visit.token }),
        z.looseObject({ success: z.literal(true) }),
        'the acknowledgement of subscribe on /alarm'
      );
    }
  }
];
