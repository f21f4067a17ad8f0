import fc from 'fast-check';
import { PACKETS, VALUES } from './corpus.ts';
import { key, value } from './documents.ts';
import type { EngineInput, FrameInput } from './input.ts';

/** The clients that speak: namespace, library, and as whom they have introduced themselves. */
export const CLIENTS = [
  { namespace: '/', version: 4, who: 'secret' },
  { namespace: '/', version: 4, who: 'none' },
  { namespace: '/', version: 2, who: 'admin' },
  { namespace: '/', version: 4, who: 'reader' },
  { namespace: '/', version: 2, who: 'secret' },
  { namespace: '/storage', version: 4, who: 'admin' },
  { namespace: '/storage', version: 2, who: 'reader' },
  { namespace: '/alarm', version: 4, who: 'secret' },
  { namespace: '/alarm', version: 2, who: 'none' }
] as const;

const COLLECTIONS = [
  'treatments',
  'entries',
  'devicestatus',
  'profile',
  'food',
  'activity',
  'settings',
  'subjects',
  '__proto__',
  ''
] as const;

const bytes = fc.constantFrom<unknown>({ $bytes: 'AAEC' }, { nested: { $bytes: '' } });
const credentials = fc.constantFrom<object>(
  { secret: '{{secret}}' },
  { token: '{{jwt:reader}}' },
  { token: '{{jwt:admin}}' },
  { secret: '{{token:reader}}' },
  { accessToken: '{{token:admin}}' },
  { accessToken: '{{token:reader}}', collections: ['entries', 'nosuch', null, {}] },
  { secret: 'wrong' },
  { token: {} },
  { jwtToken: '{{jwt:admin}}' },
  {}
);
const message = fc
  .tuple(
    credentials,
    fc.dictionary(
      fc.constantFrom('client', 'history', 'status', 'from', 'collections', 'secret', 'token', 'accessToken'),
      value,
      { maxKeys: 3 }
    )
  )
  .map(([who, more]) => ({ ...more, ...who }));

function writes(documents: (collection: string) => fc.Arbitrary<unknown>): fc.Arbitrary<[string, unknown[]]> {
  return fc
    .constantFrom(...COLLECTIONS)
    .chain((collection) =>
      fc
        .tuple(
          fc.constantFrom('dbAdd', 'dbAdd', 'dbUpdate', 'dbUpdateUnset', 'dbRemove'),
          fc.oneof({ weight: 6, arbitrary: documents(collection) }, fc.dictionary(key, value, { maxKeys: 4 }), bytes),
          fc.oneof({ weight: 4, arbitrary: fc.constantFrom<unknown>('{{id:0}}', '{{id:3}}', '{{identifier:0}}') }, value)
        )
        .map(([event, data, _id]) => [event, [{ collection, data, ...(event !== 'dbAdd' && { _id }) }]])
    );
}

/** What clients of the three namespaces may say. */
export function frames(documents: (collection: string) => fc.Arbitrary<unknown>): fc.Arbitrary<FrameInput> {
  const event = fc.constantFrom(
    'authorize',
    'loadRetro',
    'dbAdd',
    'dbUpdate',
    'dbUpdateUnset',
    'dbRemove',
    'ack',
    'subscribe',
    'nosuch',
    'clients',
    '__proto__',
    '',
    'toString'
  );
  const said = fc.oneof(
    { weight: 7, arbitrary: writes(documents) },
    {
      weight: 2,
      arbitrary: fc.tuple(
        fc.constantFrom('authorize', 'subscribe'),
        message.map((one) => [one])
      )
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.constant('ack'),
        fc.array(fc.oneof(fc.constantFrom<unknown>(1, 2, '1', 'default', 1000), fc.constantFrom(...VALUES)), { maxLength: 5 })
      )
    },
    { weight: 2, arbitrary: fc.tuple(event, fc.array(fc.oneof(value, bytes), { maxLength: 4 })) }
  );
  // writes go to the clients of `/`
  return fc
    .tuple(said, fc.nat(CLIENTS.length - 1), fc.nat(4), fc.nat(5), fc.constantFrom(...PACKETS), fc.nat(12))
    .map(([[name, args], client, root, ack, packet, how]) => ({
      door: 'frame',
      client: name.startsWith('db') || name === 'authorize' ? root : client,
      event: name,
      args,
      ack: ack > 0,
      ...(how === 0 && { packet })
    }));
}

/** Packets below Socket.IO, of either version of Engine.IO, rightly framed or not. */
export const packets: fc.Arbitrary<EngineInput> = fc
  .tuple(
    fc.constantFrom<3 | 4>(3, 4),
    fc.array(
      fc.oneof({ weight: 5, arbitrary: fc.constantFrom<string>(...PACKETS) }, fc.string({ unit: 'binary', maxLength: 12 })),
      { minLength: 1, maxLength: 4 }
    ),
    fc.nat(8),
    fc.constantFrom('', '', '', '&b64=1', '&transport=websocket', '&sid=x', '&EIO=9', '&j=0', '&j=x', '&EIO[]=4', '&t[a]=1'),
    fc.constantFrom(
      'text/plain;charset=UTF-8',
      'text/plain;charset=UTF-8',
      'application/octet-stream',
      'application/json',
      'application/x-www-form-urlencoded'
    )
  )
  .map(([version, list, how, query, contentType]) => {
    const framed = version === 4 ? list.join('\u001e') : list.map((one) => `${[...one].length}:${one}`).join('');
    const payload =
      how === 0
        ? list.join('')
        : how === 1
          ? `99999999999:${framed}`
          : how === 2
            ? `-1:${framed}`
            : how === 3
              ? `d=${framed}`
              : framed;
    return { door: 'engine', version, query, contentType, payload };
  });
