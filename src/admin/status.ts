import { basename } from 'node:path';
import type { Finding } from '../audit/finding.ts';
import { shownVariables } from '../config/shown-variables.ts';
import { REFERENCE, SERVER } from '../config/version.ts';
import type { Services } from '../services.ts';
import { createStorageStatus } from './storage-status.ts';

/** An audit reads subjects and roles anew; one is good for this time, ms. */
const GOOD_FOR_MS = 30_000;

/**
 * What an administrator's page shows of the server: version, settings without secrets, risks, storage, backups, messages that leave,
 * sockets. Asked for by people, so it may take a moment; nothing of it is worked out before.
 */
export function createAdminStatus(services: Services): () => Promise<object> {
  const { config, now, log, cluster, integrations, backups, live } = services;
  const startedAt = now();
  const storageStatus = createStorageStatus(services);
  let audited: { readonly at: number; readonly findings: Promise<readonly Finding[] | undefined> } | undefined;

  /** @returns undefined when subjects and roles cannot be read */
  function findings(): Promise<readonly Finding[] | undefined> {
    if (!audited || now() - audited.at > GOOD_FOR_MS) {
      const asked = look().catch((error: unknown) => {
        log.debug({ err: error }, 'the site could not be audited');
        return undefined;
      });
      audited = { at: now(), findings: asked };
    }
    return audited.findings;
  }

  async function look(): Promise<readonly Finding[]> {
    const [{ audit }, { readSite }] = await Promise.all([import('../audit/audit.ts'), import('../audit/site.ts')]);
    const treatmentsAuth = config.given.find(({ name }) => name === 'TREATMENTS_AUTH')?.text ?? '';
    return audit(await readSite(config, { now: now(), treatmentsAuthOff: /^(off|false)$/i.test(treatmentsAuth) })).findings;
  }

  return async () => {
    const [storage, risks] = await Promise.all([storageStatus(), findings()]);
    const at = now();
    const { dir: _dir, last, ...backup } = backups?.status() ?? {};
    return {
      now: at,
      server: {
        ...SERVER,
        speaksAs: REFERENCE.version,
        node: process.versions.node,
        startedAt,
        uptimeMs: at - startedAt,
        memory: process.memoryUsage.rss(),
        state: live.state()
      },
      storage,
      ...(backups && { backups: { ...backup, ...(last && { last: { ...last, file: basename(last.file) } }) } }),
      deliveries: integrations?.stats() ?? {},
      sockets: countSockets(services.sockets?.() ?? []),
      ...(cluster && { cluster: cluster.status() }),
      settings: shownVariables(config.given),
      warnings: config.warnings,
      ...(risks && { risks })
    };
  };
}

/** `{ "/": { websocket: 3 } }` */
function countSockets(sockets: Iterable<{ readonly namespace: string; readonly transport: string }>) {
  const counts: Record<string, Record<string, number>> = {};
  for (const { namespace, transport } of sockets) {
    const of = counts[namespace] ?? {};
    of[transport] = (of[transport] ?? 0) + 1;
    counts[namespace] = of;
  }
  return counts;
}
