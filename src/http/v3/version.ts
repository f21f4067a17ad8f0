import type { RequestHandler } from 'express';
import { V3_COLLECTIONS } from '../../collections/v3-document.ts';
import { REFERENCE, SERVER } from '../../config/version.ts';
import type { Services } from '../../services.ts';
import { identityOf } from '../middleware/credentials.ts';
import { sendResult } from './envelope.ts';

async function versionOf({ storage, now }: Services): Promise<Record<string, unknown>> {
  return {
    version: REFERENCE.version,
    apiVersion: REFERENCE.apiVersion,
    srvDate: now(),
    storage: { storage: storage.kind, version: await storage.version() }
  };
}

/** GET /version, the only operation anybody may call. */
export function version(services: Services): RequestHandler {
  return async (_req, res) => sendResult(res, JSON.stringify({ ...(await versionOf(services)), server: SERVER }));
}

const LETTERS = [
  ['c', 'create'],
  ['r', 'read'],
  ['u', 'update'],
  ['d', 'delete']
] as const;

/**
 * GET /status: the version and what the caller may. As in the reference only grants for every collection count, and then all
 * six collections are there: AAPS needs all of them or none.
 */
export function status(services: Services): RequestHandler {
  return async (_req, res) => {
    const who = identityOf(res);
    const letters = LETTERS.filter(([, operation]) => who.may(`api:*:${operation}`))
      .map(([letter]) => letter)
      .join('');
    const apiPermissions = letters === '' ? {} : Object.fromEntries(V3_COLLECTIONS.map((name) => [name, letters]));
    sendResult(res, JSON.stringify({ ...(await versionOf(services)), apiPermissions, server: SERVER }));
  };
}
