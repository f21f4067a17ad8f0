import accepts from 'accepts';
import type { RequestHandler } from 'express';
import { createStatusText } from '../../config/public-settings.ts';
import { Refusal } from '../../errors.ts';
import { authorizedOf } from '../middleware/credentials.ts';
import type { V1 } from './v1.ts';

/** The forms of the status, in the order that decides when a caller does not care. */
const FORMS = ['text/html', 'image/png', 'image/svg+xml', 'application/javascript', 'text/plain', 'application/json'] as const;
const BADGE = 'http://img.shields.io/badge/Nightscout-OK-green';

/** `GET /status` as page, text, script, JSON, or a link to a badge. */
export function status(v1: V1): RequestHandler {
  const text = createStatusText(v1.config);
  const body = (req: Parameters<RequestHandler>[0]): string =>
    text({ now: v1.now(), authorized: authorizedOf(v1, req), runtimeState: v1.live.state() });
  return (req, res) => {
    const form = accepts(req).types([...FORMS]);
    switch (form) {
      case 'text/html':
        return res.type('html').send('<h1>STATUS OK</h1>');
      case 'text/plain':
        return res.type('txt').send('STATUS OK');
      case 'image/png':
      case 'image/svg+xml':
        res.statusCode = 302;
        res.setHeader('Content-Type', form);
        res.setHeader('Location', `${BADGE}.${form === 'image/png' ? 'png' : 'svg'}`);
        return res.end();
      case 'application/javascript':
        res.setHeader('Content-Type', 'application/javascript; charset=utf-8');
        return res.send(`this.serverSettings = ${body(req)} ;`);
      case 'application/json':
        return res.type('json').send(body(req));
      default:
        throw new Refusal('not-acceptable', 'There is no such form of the status');
    }
  };
}
