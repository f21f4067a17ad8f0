import * as z from 'zod';
import { json, NOT_MODIFIED, type Route, text } from './route.ts';
import { Pebble } from './shapes/pebble.ts';
import { Versions } from './shapes/status.ts';

const anyJson = z.record(z.string(), z.unknown());
const page = (path: string, summary: string): Route => ({
  method: 'get',
  path,
  tag: 'documentation',
  summary,
  permissions: [],
  answers: text('text/html', 'The page.')
});
const asset = (path: string): Route => ({
  method: 'get',
  path,
  tag: 'documentation',
  summary: 'A file of the documentation page',
  permissions: [],
  parameters: ['asset'],
  answers: { 200: { description: 'The file.', content: { 'text/css': 'text', 'text/javascript': 'text', 'image/png': 'text' } } },
  problems: ['NotFound']
});
const document = (path: string, summary: string): Route => ({
  method: 'get',
  path,
  tag: 'documentation',
  summary,
  permissions: [],
  answers: { ...json(anyJson, 'The document.', ['ETag']), ...NOT_MODIFIED }
});

/** What answers outside of the three APIs. */
export const ROUTES_ROOT: readonly Route[] = [
  {
    method: 'get',
    path: '/pebble',
    tag: 'data',
    summary: 'The last readings, for watches',
    permissions: ['api:pebble:read', 'api:entries:read'],
    parameters: ['pebbleCount', 'units'],
    answers: json(Pebble, 'The readings, newest first.')
  },
  {
    method: 'get',
    path: '/api/versions',
    tag: 'site',
    summary: 'The APIs of this server',
    permissions: [],
    answers: json(Versions, 'The APIs.')
  },
  {
    method: 'get',
    path: '/robots.txt',
    tag: 'site',
    summary: 'Sends search engines away',
    permissions: [],
    answers: text('text/plain', 'Two lines.')
  },
  {
    method: 'post',
    path: '/report-violation',
    tag: 'site',
    summary: 'Reports of browsers about the content security policy',
    permissions: [],
    answers: { 204: { description: 'Noted.' } },
    when: ({ csp }) => csp.enabled
  },
  document('/api/openapi.json', 'This document'),
  document('/swagger.json', 'This document'),
  {
    method: 'get',
    path: '/swagger.yaml',
    tag: 'documentation',
    summary: 'This document as YAML',
    permissions: [],
    answers: { ...text('text/vnd.yaml', 'The document.'), ...NOT_MODIFIED }
  },
  document('/api/asyncapi.json', 'The Socket.IO namespaces as an AsyncAPI document'),
  page('/api/sockets-docs', 'The Socket.IO namespaces as a page'),
  page('/api-docs/', 'This document as a page'),
  asset('/api-docs/{asset}'),
  page('/api3-docs/', 'This document as a page'),
  asset('/api3-docs/{asset}'),
  {
    method: 'get',
    path: '/swagger-ui-dist',
    tag: 'documentation',
    summary: 'Where the documentation used to be',
    permissions: [],
    answers: { 307: { description: 'To `/api-docs`.', headers: ['Location'] } }
  }
];
