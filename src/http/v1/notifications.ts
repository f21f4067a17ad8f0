import type { RequestHandler } from 'express';
import { silenceOf } from '../../alarms/silence.ts';
import { firstOf } from './query-params.ts';
import { paramsOf, type V1 } from './v1.ts';

/**
 * `GET /notifications/ack?level=1|2&group=&time=`: silences an alarm. The alarm engine listens on the bus. An unknown level
 * silences nothing and is 200 all the same, as the reference answers it.
 */
export function acknowledge({ bus }: V1): RequestHandler {
  return (req, res) => {
    const params = paramsOf(req);
    const level = Number(firstOf(params.level));
    const group = firstOf(params.group);
    if (level === 1 || level === 2) {
      bus.publish('alarm-ack', {
        level,
        group: typeof group === 'string' && group !== '' ? group : 'default',
        silenceMs: silenceOf(firstOf(params.time))
      });
    }
    res.type('txt').send('OK');
  };
}

/**
 * `POST /notifications/pushovercallback`: somebody acknowledged an emergency message on the phone. Without credentials, so only a
 * receipt that was given to us counts. The words of a refusal are the reference's.
 */
export function pushoverCallback({ integrations }: V1): RequestHandler {
  return (req, res) => {
    const { receipt } = req.body as { receipt?: unknown };
    if (integrations?.pushoverReceipt(receipt)) res.type('txt').send('OK');
    else res.status(500).type('txt').send('Internal Server Error');
  };
}
