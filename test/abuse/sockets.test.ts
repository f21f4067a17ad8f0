import { io, type Socket } from 'socket.io-client';
import ioV2 from 'socket.io-client-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, SECRET, type Site, startSite, statuses, unharmed, type Wire, wire } from './kit.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.stop());

/** A frame of the websocket protocol, masked with zeros. */
function frame(opcode: number, payload: Buffer | string, { fin = true, mask = true } = {}): Buffer {
  const data = Buffer.from(payload);
  const length = data.length < 126 ? Buffer.from([data.length]) : Buffer.alloc(data.length < 65_536 ? 3 : 9);
  if (data.length >= 65_536) {
    length[0] = 127;
    length.writeBigUInt64BE(BigInt(data.length), 1);
  } else if (data.length >= 126) {
    length[0] = 126;
    length.writeUInt16BE(data.length, 1);
  }
  length[0]! |= mask ? 0x80 : 0;
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode]), length, ...(mask ? [Buffer.alloc(4)] : []), data]);
}
const text = (payload: string): Buffer => frame(1, payload);

/** A websocket by hand. */
async function websocket(eio: 3 | 4, address?: string): Promise<Wire> {
  const one = await wire(site.port);
  await one.write(
    `GET /socket.io/?EIO=${eio}&transport=websocket HTTP/1.1\r\nHost: x\r\n${address ? `X-Forwarded-For: ${address}\r\n` : ''}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`
  );
  await one.until((heard) => heard.includes('pingTimeout') || /HTTP\/1.1 4/.test(heard));
  return one;
}

const AUTHORIZE = JSON.stringify(['authorize', { client: 'x', secret: SECRET['api-secret'] }]);

async function connected(socket: Socket): Promise<Socket> {
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', () => resolve());
    socket.on('connect_error', reject);
  });
  return socket;
}

describe.each([3, 4] as const)('EIO%i: frames that are no Socket.IO', (eio) => {
  const enter = (namespace: string): Buffer[] =>
    eio === 3 && namespace === '/' ? [] : [text(`40${namespace === '/' ? '' : `${namespace},`}`)];
  it.each([
    ['noise', [text('\u0000\uffffnoise')]],
    ['an unknown packet type', [text('9'), text('49'), text('4x')]],
    ['no payload', [text('')]],
    ['an event that is no list', [text('42{}'), text('42"x"'), text('42[]'), text('42[null]'), text('42[1]')]],
    ['an event without a namespace entered', [text('42/nosuch,["x"]')]],
    ['unknown namespaces', [text('40/nosuch,'), text('40/__proto__,'), text('40/constructor,{"a":1}')]],
    ['a namespace of 100 kB', [text(`40/${'x'.repeat(100_000)},`)]],
    ['reserved events', [text('42["connect"]'), text('42["disconnect"]'), text('42["error",{}]'), text('42["newListener"]')]],
    [
      'names of Object',
      [text('42["__proto__",1]'), text('42["constructor",1]'), text('42["toString",1]'), text('420["hasOwnProperty"]')]
    ],
    [
      'ack ids that overflow',
      [text(`42${'9'.repeat(400)}["loadRetro"]`), text(`43${'9'.repeat(400)}[1]`), text('43999[1]'), text('42-1["authorize",{}]')]
    ],
    ['binary placeholders without the bytes', [text('451-["dbAdd",{"_placeholder":true,"num":0}]'), text('42["dbAdd",{}]')]],
    ['placeholders that point elsewhere', [text('451-["dbAdd",{"_placeholder":true,"num":99}]'), frame(2, 'abc')]],
    ['a placeholder of a strange number', [text('451-["dbAdd",{"_placeholder":true,"num":"__proto__"}]'), frame(2, 'abc')]],
    ['a billion attachments', [text('45999999999-["dbAdd",{}]'), frame(2, 'abc')]],
    ['binary frames', Array.from({ length: 20 }, () => frame(2, Buffer.alloc(1000, 7)))],
    [
      'deep JSON',
      [
        text(`42["authorize",${'['.repeat(100_000)}${']'.repeat(100_000)}]`),
        text(`42["dbAdd",${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}]`)
      ]
    ],
    ['invalid UTF-8', [frame(1, Buffer.from([0x34, 0x32, 0xc0, 0xaf, 0xff]))]],
    ['a giant frame', [frame(1, `42["authorize",{"a":"${'x'.repeat(2_000_000)}"}]`)]],
    ['a length without the rest', [Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])]],
    ['pieces that never end', Array.from({ length: 200 }, (_, n) => frame(n === 0 ? 1 : 0, 'x'.repeat(10_000), { fin: false }))],
    ['no mask', [frame(1, '2probe', { mask: false })]],
    ['reserved bits and opcodes', [Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), Buffer.from([0x83, 0x80, 0, 0, 0, 0])]],
    ['a ping of 200 bytes', [frame(9, 'x'.repeat(200))]],
    ['upgrade and pong out of turn', [text('5'), text('3'), text('3probe'), text('6'), text('1')]]
  ] as [string, Buffer[]][])('%s', async (_what, frames) => {
    await unharmed(site, async () => {
      for (const namespace of ['/', '/storage', '/alarm']) {
        const one = await websocket(eio);
        for (const bytes of [...enter(namespace), ...frames]) await one.write(bytes);
        await one.listen(150);
        one.socket.destroy();
      }
    });
  });

  it('arguments in every shape to every event, without a right', async () => {
    await unharmed(site, async () => {
      const one = await websocket(eio);
      for (const bytes of enter('/')) await one.write(bytes);
      const shapes = [
        '',
        ',null',
        ',1',
        ',"x"',
        ',[]',
        ',{}',
        ',{"__proto__":{"a":1}}',
        ',{"collection":{},"_id":{},"data":[]}',
        `,{"collection":"entries","data":{"sgv":1},"_id":"${'a'.repeat(24)}"}`
      ];
      for (const event of [
        'authorize',
        'loadRetro',
        'dbAdd',
        'dbUpdate',
        'dbUpdateUnset',
        'dbRemove',
        'ack',
        'subscribe',
        'nosuch'
      ])
        for (const [n, shape] of shapes.entries()) await one.write(text(`42${n}["${event}"${shape}]`));
      await one.listen(300);
      one.socket.destroy();
    });
  });
});

/** Cut off, or sent the closing frame of the websocket protocol. */
const ended = (one: Wire): boolean => one.socket.closed || one.heard().includes(CLOSING);
/** `fin`, opcode 8. */
const CLOSING = String.fromCharCode(0x88);

describe('floods', () => {
  it('of frames: the socket is closed, others go on', async () => {
    await unharmed(site, async () => {
      const one = await websocket(4);
      await one.write(text('40'));
      const many = Buffer.concat(Array.from({ length: 1000 }, () => text('42["nosuch",1]')));
      for (let n = 0; n < 10; n++) await one.write(many);
      await one.until();
      expect(one.socket.closed).toBe(true);
    });
  });

  it('of tiny packets in one polling body', async () => {
    await unharmed(site, async () => {
      const open = await exchange(
        site.port,
        'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
      );
      const sid = /"sid":"([^"]+)"/.exec(open)?.[1];
      const answer = await fetch(`${site.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
        method: 'POST',
        body: '2\x1e'.repeat(400_000)
      });
      expect(answer.status).toBeLessThan(500);
    });
  });

  it('of namespaces entered and left', async () => {
    await unharmed(site, async () => {
      const one = await websocket(4);
      for (let n = 0; n < 200 && !ended(one); n++) {
        await one.write(text(n % 2 ? '41' : '40'));
        await one.listen(5);
      }
      await one.until(() => ended(one));
      expect(ended(one)).toBe(true);
    });
  });

  it.each([
    ['', 'authorize', { client: 'x', secret: SECRET['api-secret'] }],
    ['', 'loadRetro', {}],
    ['/storage', 'subscribe', { accessToken: '' }],
    ['/alarm', 'subscribe', { secret: SECRET['api-secret'] }]
  ])('of %s %s: answered, then told to wait', async (namespace, event, message) => {
    await unharmed(site, async () => {
      const socket = await connected(io(site.url + namespace, { transports: ['websocket'], forceNew: true }));
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => new Promise<{ retryAfter?: number }>((resolve) => socket.emit(event, message, resolve)))
      );
      expect(answers.filter(({ retryAfter }) => retryAfter !== undefined).length).toBeGreaterThanOrEqual(30);
      expect(socket.connected).toBe(true);
      socket.close();
    });
  });

  it('a reader who never reads takes no memory and is let go', async () => {
    const before = site.rss();
    const one = await websocket(4);
    await one.write(Buffer.concat([text('40'), text(`42${AUTHORIZE}`)]));
    await one.listen(300);
    one.socket.pause();
    for (let n = 0; n < 40; n++) {
      await one.write(text('42["loadRetro",{}]'));
      await site.send('POST', '/api/v1/entries', [
        { type: 'sgv', sgv: 100, date: Date.now() - n * 1000, device: 'x'.repeat(10_000) }
      ]);
    }
    expect(site.rss() - before).toBeLessThan(200);
    one.socket.destroy();
    await site.answers();
  });
});

describe('how many', () => {
  it('SOCKETS_PER_CLIENT: the next one is told why, by websocket and polling, EIO 3 and 4; others come in', async () => {
    const few = await startSite({ SOCKETS_PER_CLIENT: '5', MAX_SOCKETS: '12' });
    const own = site;
    site = few;
    try {
      const wires = await Promise.all(Array.from({ length: 5 }, () => websocket(4, '203.0.113.9')));
      for (const one of wires) expect(statuses(one.heard())).toEqual([101]);
      expect((await websocket(3, '203.0.113.9')).heard()).toMatch(/400 Bad Request[\s\S]*Too many sockets from this address/);
      const polling = await exchange(
        few.port,
        'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n'
      );
      expect(polling).toMatch(/403[\s\S]*Too many sockets from this address/);
      expect(statuses((await websocket(4, '203.0.113.10')).heard())).toEqual([101]);
      // one that leaves makes room
      wires[0]!.socket.destroy();
      await expect.poll(async () => statuses((await websocket(4, '203.0.113.9')).heard())).toEqual([101]);
      // together, whoever they are
      for (let n = 0; n < 6; n++) await websocket(4, `203.0.113.${20 + n}`);
      expect((await websocket(4, '203.0.113.99')).heard()).toMatch(/400[\s\S]*Too many sockets$/);
      await few.answers();
    } finally {
      site = own;
      await few.stop();
    }
  });

  it('a family with old and new apps meets no limit', async () => {
    const options = { transports: ['websocket'], forceNew: true, extraHeaders: { 'x-forwarded-for': '203.0.113.77' } };
    const sockets = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        connected((n % 2 ? io : ioV2)(site.url + ['', '/storage', '/alarm'][n % 3], options as never) as Socket)
      )
    );
    for (const socket of sockets) socket.close();
  });
});
