import { OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import type { z } from 'zod';
import type { Config } from '../config/config.ts';
import { SERVER } from '../config/version.ts';
import { type SocketEvent, type SocketNamespace, socketNamespaces } from './sockets.ts';

type Json = Record<string, unknown>;

/** What all namespaces have in common. */
export const ABOUT_SOCKETS =
  'Socket.IO on the port of the site, path `/socket.io/`, transports polling and websocket, for clients of Engine.IO 3 and 4 (Socket.IO 2 and later). Each namespace is authorised by an event of its own; a connection as such needs no credentials. What nobody understands is ignored or refused in the answer, and never ends a connection. Times are epoch milliseconds, glucose is mg/dl.';

const answerName = (name: string): string => `${name}Answer`;

/** The AsyncAPI 3.0 description of the Socket.IO namespaces of a site with these settings. */
export function asyncApiDocument(config: Config): Json {
  const namespaces = socketNamespaces(config);
  const secure = config.tls !== undefined || !config.insecureUseHttp;
  return {
    asyncapi: '3.0.0',
    info: { title: 'Vigil: Socket.IO', version: SERVER.version, description: ABOUT_SOCKETS, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: {
      site: {
        host: '{host}',
        pathname: `${config.basePath}/socket.io/`,
        protocol: secure ? 'wss' : 'ws',
        description: 'This site.',
        variables: { host: { description: 'Name and port the site is known under.', default: `localhost:${config.port}` } }
      }
    },
    channels: Object.fromEntries(namespaces.map((namespace) => [namespace.key, channelOf(namespace)])),
    operations: Object.assign({}, ...namespaces.map(operationsOf)) as Json,
    components: { schemas: schemasOf(namespaces) }
  };
}

function channelOf({ address, title, summary, authorisation, limitations, events }: SocketNamespace): Json {
  return {
    address,
    title,
    summary,
    description: `**Authorisation.** ${authorisation}\n\n**Limitations.**\n\n${limitations.map((sentence) => `* ${sentence}`).join('\n')}`,
    messages: Object.fromEntries(events.flatMap(messagesOf))
  };
}

function messagesOf({ name, summary, description, payload, example, answer, answerExample }: SocketEvent): [string, Json][] {
  const message: Json = {
    name,
    summary,
    ...(description !== undefined && { description }),
    ...(payload && { payload: refTo(payload) }),
    ...(example !== undefined && { examples: [{ payload: example }] })
  };
  if (!answer) return [[name, message]];
  const reply = {
    name: answerName(name),
    summary: `Answer to \`${name}\``,
    payload: refTo(answer),
    examples: [{ payload: answerExample }]
  };
  return [
    [name, message],
    [answerName(name), reply]
  ];
}

/** Seen from the server: it receives what clients say. */
function operationsOf({ key, events }: SocketNamespace): Json {
  const channel = { $ref: `#/channels/${key}` };
  const message = (name: string): Json => ({ $ref: `#/channels/${key}/messages/${name}` });
  return Object.fromEntries(
    events.map(({ name, from, summary, answer }) => [
      `${key}_${name}`,
      {
        action: from === 'client' ? 'receive' : 'send',
        channel,
        summary,
        messages: [message(name)],
        ...(answer && { reply: { channel, messages: [message(answerName(name))] } })
      }
    ])
  );
}

const refTo = (shape: z.ZodType): Json => ({ $ref: `#/components/schemas/${shape.meta()?.id}` });

function schemasOf(namespaces: readonly SocketNamespace[]): Json {
  const shapes = new Set(namespaces.flatMap(({ events }) => events.flatMap(({ payload, answer }) => [payload, answer])));
  const definitions = [...shapes].flatMap((schema) => (schema ? [{ type: 'schema' as const, schema }] : []));
  return {
    ...new OpenApiGeneratorV31(definitions, { sortComponents: 'alphabetically' }).generateComponents().components?.schemas
  };
}
