import { json, type Route } from './route.ts';
import { Health } from './shapes/health.ts';

const UNAVAILABLE = {
  503: {
    description: 'Send nothing here for now: the database does not answer, the server is starting or about to stop.',
    content: { 'application/json': Health },
    headers: ['Retry-After']
  }
} as const;

/** What platforms and monitors ask. */
export const ROUTES_OPS: readonly Route[] = [
  {
    method: 'get',
    path: '/healthz',
    tag: 'operations',
    summary: 'Whether the process is alive',
    permissions: [],
    answers: json(Health, 'It is.')
  },
  {
    method: 'get',
    path: '/readyz',
    tag: 'operations',
    summary: 'Whether requests should be sent here',
    permissions: [],
    answers: { ...json(Health, 'They should.'), ...UNAVAILABLE }
  },
  {
    method: 'get',
    path: '/metrics',
    tag: 'operations',
    summary: 'Counters for Prometheus',
    description:
      'Open to everybody with METRICS=on. Else for administrators, and for whoever sends METRICS_TOKEN as `Authorization: Bearer`.',
    permissions: ['*:*:admin'],
    answers: { 200: { description: 'The counters, in Prometheus text format.', content: { 'text/plain': 'text' } } },
    when: ({ ops }) => ops.metrics !== 'off'
  }
];
