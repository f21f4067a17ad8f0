import type { RequestHandler } from 'express';
import { identityOf } from '../middleware/credentials.ts';
import type { V1 } from './v1.ts';

/** `GET /adminnotifies`: how many notes there are; what they say is for administrators. */
export function adminnotifies({ adminNotifies }: V1): RequestHandler {
  return (_req, res) => {
    const list = adminNotifies.list();
    res.json({ status: 200, message: { notifies: identityOf(res).may('*:*:admin') ? list : [], notifyCount: list.length } });
  };
}
